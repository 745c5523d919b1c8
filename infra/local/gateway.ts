import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BodyTooLargeError, readBody } from './body.ts';
import { invoke, invokePath } from './invoke-api.ts';
import { listen } from './listen.ts';
import { nearestPath } from './nearest-path.ts';
import { proxyEvent } from './proxy-event.ts';
import { proxyReply } from './proxy-result.ts';
import { invalidRequest, problem, type Reply } from './reply.ts';
import { type FunctionBundle, Sandbox, type SandboxOptions } from './sandbox.ts';
import { readSite } from './site.ts';
import type { Answered } from './terminal-lines.ts';

/** The configuration of a {@link Gateway}. */
export interface GatewayOptions {
  /** 0 chooses a free port. */
  readonly port: number;
  readonly host?: string;
  /** The built functions by method name. */
  readonly functions: Readonly<Record<string, FunctionBundle>>;
  /** The environment variables of each function. */
  readonly environment?: SandboxOptions['environment'];
  /** Finds the AWS credentials of each new process. */
  readonly credentials?: SandboxOptions['credentials'];
  readonly timeoutSeconds?: number;
  /** The users that the page proposes, if the server is the embedded one. */
  readonly demo?: { readonly users: readonly string[] } | undefined;
  /** Gets each call, when it is done, and each request that is refused. Pages are left out. */
  readonly answered?: (answered: Answered) => void;
  /** Gets each line that a function writes. */
  readonly log?: (functionName: string, line: string) => void;
}

/** A listening gateway. */
export interface Gateway {
  readonly url: string;
  /** Closes all connections and ends the processes of all functions. */
  stop(): Promise<void>;
}

/** API Gateway’s limit for the body of a request. */
const maxBodyBytes = 10 * 1024 * 1024;
/** Lambda’s limit for an event, which contains the body. */
const maxEventBytes = 6_291_456;

/**
 * Serves functions as API Gateway (`POST /<method>`) and Lambda’s Invoke API do. Each function has its own sandbox. The gateway
 * checks no authorization, so it accepts requests from this machine only, and from no other web page.
 */
export async function startGateway({ port, host = '127.0.0.1', ...options }: GatewayOptions): Promise<Gateway> {
  const sandboxes = new Map<string, Sandbox>();
  for (const [name, bundle] of Object.entries(options.functions)) {
    const { environment, credentials, timeoutSeconds, log } = options;
    sandboxes.set(
      name,
      new Sandbox({ ...bundle, name, environment, credentials, timeoutSeconds, log: (line) => log?.(name, line) }),
    );
  }
  const documents = new Map<string, Reply>();
  for (const [path, { contentType, body }] of await readSite(options.demo)) {
    documents.set(path, { status: 200, headers: { ...PAGE_HEADERS, 'content-type': contentType }, body });
  }
  const server = createServer(async (request, response) => {
    const requestId = randomUUID();
    const started = performance.now();
    const failed = (error: unknown): Reply => problem(500, `The gateway failed: ${error}.`);
    const reply = await route({ sandboxes, documents }, request, requestId).catch(failed);
    send(response, reply, requestId, request.method === 'HEAD');
    const seen = (await reply.later) ?? reply;
    const subject = subjectOf(request, { sandboxes, documents });
    if (subject !== undefined)
      options.answered?.({ subject, reply: seen, durationMs: performance.now() - started, requestId });
  });
  const url = `http://${host}:${await listen(server, port, host)}`;
  return {
    url,
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([...sandboxes.values()].map((sandbox) => sandbox.stop()));
    },
  };
}

interface Routes {
  readonly sandboxes: ReadonlyMap<string, Sandbox>;
  readonly documents: ReadonlyMap<string, Reply>;
}

const PAGE_HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

async function route(routes: Routes, request: IncomingMessage, requestId: string): Promise<Reply> {
  const refusal = foreignRefusal(request);
  if (refusal) return refusal;
  const { method = 'GET', url = '/' } = request;
  const [path = '/'] = url.split('?', 1);
  const resource = resourceAt(routes, path, request, requestId);
  if (!resource) return problem(404, nothingAt(path, routes));
  const allow = [...resource.methods, 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: '' };
  if (resource.methods.includes(method)) return resource.answer();
  if (routes.sandboxes.has(path.slice(1))) {
    return invalidRequest(405, 'the HTTP method must be POST', requestId, { allow });
  }
  return problem(405, `${path} does not answer ${method}.`, { allow });
}

function nothingAt(path: string, { sandboxes, documents }: Routes): string {
  const nearest = nearestPath(path, [...[...sandboxes.keys()].map((name) => `/${name}`), ...documents.keys()]);
  return `There is nothing at ${path}.${nearest === undefined ? '' : ` Did you mean ${nearest}?`}`;
}

interface Resource {
  readonly methods: readonly string[];
  answer(): Reply | Promise<Reply>;
}

function resourceAt(
  { sandboxes, documents }: Routes,
  path: string,
  request: IncomingMessage,
  requestId: string,
): Resource | undefined {
  const document = documents.get(path);
  if (document) return { methods: ['GET', 'HEAD'], answer: () => document };
  const sandbox = sandboxes.get(path.slice(1));
  if (sandbox) return { methods: ['POST'], answer: () => proxy(sandbox, path, request, requestId) };
  const [, name] = invokePath.exec(path) ?? [];
  return name ? { methods: ['POST'], answer: () => invoke(sandboxes, name, request, requestId) } : undefined;
}

/** Returns what the terminal calls a request. `undefined` for a page. */
function subjectOf(
  { method = 'GET', url = '/' }: IncomingMessage,
  { sandboxes, documents }: Routes,
): string | undefined {
  const [path = '/'] = url.split('?', 1);
  const [, invoked] = invokePath.exec(path) ?? [];
  if (invoked !== undefined) return `${invoked} (direct)`;
  if (method === 'POST' && sandboxes.has(path.slice(1))) return path.slice(1);
  return documents.has(path) ? undefined : `${method} ${path}`;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Refuses web pages of other sites, whether they use a name that resolves to this machine or a form. */
function foreignRefusal({ headers: { host, origin } }: IncomingMessage): Reply | undefined {
  if (host !== undefined && !loopback.test(host)) return problem(403, 'This gateway answers on loopback names only.');
  if (origin !== undefined && origin !== `http://${host}`)
    return problem(403, 'This gateway answers no other web site.');
  return undefined;
}

async function proxy(sandbox: Sandbox, path: string, request: IncomingMessage, requestId: string): Promise<Reply> {
  const body = await readBody(request, maxBodyBytes).catch((error: unknown) => {
    if (error instanceof BodyTooLargeError) return undefined;
    throw error;
  });
  const event = body && Buffer.from(JSON.stringify(proxyEvent(request, path, body, requestId)));
  if (!event || event.length > maxEventBytes) return invalidRequest(413, 'the request is too large', requestId);
  // Unlike on AWS, one id names the request and the invocation, so that a call is found in the log.
  return proxyReply(await sandbox.invoke(event, { requestId }));
}

function send(response: ServerResponse, reply: Reply, requestId: string, headOnly: boolean): void {
  if (response.destroyed) return;
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': body.length,
    'x-amzn-requestid': requestId,
    'x-content-type-options': 'nosniff',
  });
  response.end(headOnly ? undefined : body);
}
