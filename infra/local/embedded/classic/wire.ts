/** HTTP of `xmlrpc-erlang` 1.13, which all servers before 2014 use: strict, short time limits, and one call a connection. */
import { createServer, type Socket } from 'node:net';
import { listen } from '../../listen.ts';
import { type HeadProblem, readHead } from './head.ts';

/** The outcome of a call: a body, a status without a body, or no response. */
export type Outcome =
  | { readonly body: Buffer }
  | { readonly status: 400 | 500; readonly closes?: boolean }
  | 'closed without an answer';

/** The configuration of the server. */
export interface WireOptions {
  /** Milliseconds to wait for a head, and then for a body. mod_rostbeef waits 50, and mod_xmlrpc 5,000. */
  readonly patienceMs: number;
  /** The content types that are accepted exactly. */
  readonly contentTypes: readonly string[];
  readonly answer: (body: Buffer) => Outcome | Promise<Outcome>;
  /** Milliseconds without a new connection after there are too many. @default 5000 */
  readonly stallMs?: number;
}

/** A listening server. */
export interface Wire {
  readonly port: number;
  stop(): Promise<void>;
}

/** The number is checked after a connection is accepted, so there may be one more. */
const MAX_SESSIONS = 10;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  411: 'Length Required',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  505: 'HTTP Version not supported',
};

/** Starts the server on a free port of 127.0.0.1. */
export async function startWire(options: WireOptions): Promise<Wire> {
  const { stallMs = 5_000 } = options;
  const sockets = new Set<Socket>();
  const sessions = new Set<Socket>();
  const backlog: Socket[] = [];
  let stall: NodeJS.Timeout | undefined;

  const accept = () => {
    if (stall !== undefined) return;
    for (let socket = backlog.shift(); socket !== undefined; socket = backlog.shift()) {
      open(socket);
      if (sessions.size <= MAX_SESSIONS) continue;
      stall = setTimeout(() => {
        stall = undefined;
        accept();
      }, stallMs);
      return;
    }
  };
  const open = (socket: Socket) => {
    if (socket.destroyed) return;
    sessions.add(socket);
    serve(socket, options, () => sessions.delete(socket));
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    backlog.push(socket);
    accept();
  });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    port,
    async stop() {
      clearTimeout(stall);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads one call, responds, and ends the session. */
function serve(socket: Socket, { patienceMs, contentTypes, answer }: WireOptions, onEnd: () => void): void {
  let received = Buffer.alloc(0);
  let patience: NodeJS.Timeout | undefined;
  let waitsForHead = true;
  const beginWaiting = () => {
    clearTimeout(patience);
    // Data that has already arrived still counts, because its event comes before that of setImmediate.
    patience = setTimeout(() => setImmediate(() => socket.destroy()), patienceMs);
  };
  const finish = (text: Buffer | undefined) => {
    clearTimeout(patience);
    socket.removeListener('data', onData);
    onEnd();
    if (text === undefined) socket.destroy();
    else socket.end(text);
  };
  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (waitsForHead) beginWaiting();
    waitsForHead = false;
    const head = readHead(received.toString('latin1', 0, end), contentTypes);
    if (typeof head === 'number') return finish(responseOf(head));
    const body = received.subarray(end + 4);
    if (body.length < head.contentLength) return;
    clearTimeout(patience);
    socket.removeListener('data', onData);
    run(body.subarray(0, head.contentLength)).catch(() => finish(undefined));
  };
  const run = async (body: Buffer) => {
    const outcome = await answer(body);
    if (outcome === 'closed without an answer') return finish(undefined);
    finish('body' in outcome ? responseOf(200, outcome.body) : responseOf(outcome.status, undefined, outcome.closes));
  };
  socket.once('close', () => {
    clearTimeout(patience);
    onEnd();
  });
  beginWaiting();
  socket.on('data', onData);
}

/** The connection is always closed. The response says so, unless a result can’t be encoded. */
function responseOf(status: HeadProblem | 200 | 500, body: Buffer = Buffer.alloc(0), closes = true): Buffer {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    `Content-Length: ${body.length}`,
    'Server: Erlang/1.13',
    'Content-Type: text/xml',
    ...(closes ? ['Connection: close'] : []),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
