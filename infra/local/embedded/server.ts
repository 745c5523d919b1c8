/** An ejabberd in memory for demos and tests. It speaks XML-RPC on a real socket and imitates a real server. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import { Fault, problemText, takeArguments } from './arguments.ts';
import { commandsOf } from './commands.ts';
import { faultBody, type Release, resultBody } from './reply.ts';
import { type Param, parseCall } from './request.ts';
import { ServerState } from './state.ts';

/** The configuration of an embedded server. */
export interface EmbeddedOptions {
  readonly release: Release;
  readonly hosts: readonly string[];
  /** The bare JIDs that may run commands. @default - all callers, without credentials */
  readonly administrators?: readonly string[];
}

/** A listening server. */
export interface EmbeddedServer {
  /** The value of `EJABBERD_URL`. */
  readonly url: string;
  readonly state: ServerState;
  stop(): Promise<void>;
}

/** ejabberd’s limit. */
const MAX_BODY_BYTES = 20_971_520;

/** Starts an embedded server on a free port of 127.0.0.1. */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const state = new ServerState(options.hosts);
  const answer = answerer(options, state);
  const server = createServer((request, response) => {
    handle(request, response, answer).catch(() => request.socket.destroy());
  });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}/xmlrpc`,
    state,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Responds to a call. Returns `undefined` if ejabberd closes the connection without a response. */
type Answerer = (body: string) => { readonly status: number; readonly body: string } | undefined;

async function handle(request: IncomingMessage, response: ServerResponse, answer: Answerer): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const isCall = request.method === 'POST' && size > 0 && size <= MAX_BODY_BYTES;
  const reply = isCall ? answer(Buffer.concat(chunks).toString()) : page('400 Bad Request');
  if (reply === undefined) return void request.socket.destroy();
  const contentType = reply.status === 200 ? 'text/xml' : 'text/html; charset=utf-8';
  response.writeHead(reply.status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

function page(title: string) {
  return { status: 400, body: `<?xml version='1.0'?><html><body><h1>${title}</h1></body></html>` };
}

function answerer({ release, administrators }: EmbeddedOptions, state: ServerState): Answerer {
  const commands = commandsOf(release);

  const isAllowed = (credentials: Param | undefined): boolean => {
    if (credentials === undefined) return administrators === undefined;
    const { user, server, password } = Object.fromEntries(credentials.members.map(([name, { text }]) => [name, text]));
    const jid = `${user}@${server}`;
    if (state.passwords.get(jid) !== password) throw new Fault(-118, 'Invalid authentication data');
    return administrators === undefined || administrators.includes(jid);
  };

  return (body) => {
    const call = parseCall(body);
    if (typeof call === 'string') return page(call);
    const command = commands.get(call.method);
    const [first, second] = call.params;
    const credentials = first !== undefined && isCredentials(first) ? first : undefined;
    const struct = (credentials === undefined ? first : second) ?? { type: 'struct', text: '', items: [], members: [] };
    try {
      if (struct.type !== 'struct') throw new Fault(-112, `Unknown call: {call,${call.method},[<<"${struct.text}">>]}`);
      if (command === undefined) return undefined;
      const allowed = isAllowed(credentials) || command.isOpen;
      const args = takeArguments(command.args, struct);
      if (!allowed) throw new Fault(-118, problemText('access_rules_unauthorized', call.method, args));
      const result = command.run(args, state, release);
      return result === undefined ? undefined : { status: 200, body: resultBody(result) };
    } catch (error) {
      if (error instanceof Fault) return { status: 200, body: faultBody(error.code, error.message) };
      throw error;
    }
  };
}

/** ejabberd treats a first struct with these members as credentials, whatever the command’s arguments are. */
function isCredentials({ members }: Param): boolean {
  const names = members.map(([name]) => name);
  return ['user', 'server', 'password'].every((name) => names.includes(name));
}
