/** The bridge: the XML-RPC of mod_rostbeef on one side, the functions on the other. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Client } from '../client.ts';
import { MAX_BODY_BYTES, type Refusal, refusalOf, TOO_LARGE } from './admission.ts';
import { type Call, decodeCall, NotXmlRpcError } from './decode.ts';
import { encodeFault, encodeResult } from './encode.ts';
import { answer, isMethod, membersOf } from './methods.ts';

/** The options of a bridge. */
export interface BridgeOptions {
  readonly client: Client;
  /** 0 finds a free one. @default 4560 */
  readonly port?: number | undefined;
  /** @default '127.0.0.1' */
  readonly address?: string | undefined;
  /** The password that callers have to send. @default - none, and only this machine is answered */
  readonly secret?: string | undefined;
  /** Gets one line for each call: the method and its outcome. */
  readonly log?: ((line: string) => void) | undefined;
}

/** A listening bridge. */
export interface Bridge {
  readonly url: string;
  /** Ends every call, and stops listening. */
  stop(): Promise<void>;
}

/** The code of a fault, as mod_rostbeef has it for every call that is not one of its own. */
const FAULT = -1;

/** Starts a bridge. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { client, port = 4560, address = '127.0.0.1', secret, log = () => undefined } = options;
  const stopping = new AbortController();
  const server = createServer(async (request, response) => {
    const refusal = refusalOf(request, secret) ?? (await replyTo(request, response, { client, log, stopping }));
    if (refusal !== undefined) refuse(request, response, refusal);
  });
  server.listen(port, address);
  await once(server, 'listening');
  const listening = server.address();
  const bound = typeof listening === 'object' && listening !== null ? listening.port : port;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${bound}/`,
    async stop() {
      stopping.abort(new Error('the bridge stops'));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Serving {
  readonly client: Client;
  readonly log: (line: string) => void;
  readonly stopping: AbortController;
}

/** Answers a request, or says why it is refused. */
async function replyTo(
  request: IncomingMessage,
  response: ServerResponse,
  { client, log, stopping }: Serving,
): Promise<Refusal | undefined> {
  const body = await bodyOf(request).catch(() => undefined);
  if (body === undefined) return TOO_LARGE;
  let call: Call;
  try {
    call = decodeCall(body);
  } catch (error) {
    if (!(error instanceof NotXmlRpcError)) throw error;
    log(`a request that is not XML-RPC: ${error.message}`);
    return { status: 400, reason: `${error.message}.` };
  }
  const members = isMethod(call.method) ? membersOf(call.params) : undefined;
  if (members === undefined) {
    const reason = isMethod(call.method) ? 'expected one struct of strings' : 'Unknown call';
    log(`${isMethod(call.method) ? call.method : 'an unknown method'}: fault, ${reason}`);
    write(response, encodeFault(FAULT, reason));
    return undefined;
  }
  try {
    const { value, error } = await answer(client, call.method, members, stopping.signal);
    log(`${call.method}: ${error === undefined ? 'done' : `${error}, answered as ${value}`}`);
    write(response, encodeResult(value));
  } catch {
    if (!stopping.signal.aborted) log(`${call.method}: failed`);
    write(response, encodeFault(FAULT, 'The bridge failed'));
  }
  return undefined;
}

/** The body of a request. What comes past the limit is read and dropped. @throws if it is too large or not complete */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const data of request) {
    const chunk: Buffer = data;
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) throw new Error('too large');
  return Buffer.concat(chunks);
}

function write(response: ServerResponse, body: string): void {
  if (response.destroyed) return;
  response.writeHead(200, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(body) }).end(body);
}

/** A refused body is not read to its end, so the connection is closed. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, reason, headers }: Refusal): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close', ...headers });
  response.end(`${reason}\n`);
  request.resume();
}
