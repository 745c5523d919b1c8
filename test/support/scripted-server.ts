/** A TCP server that answers HTTP requests with whatever bytes a test wants, and counts what it gets. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { listen } from '../../infra/local/listen.ts';

/** One request as it came. */
export interface RawRequest {
  /** The request line and the headers. */
  readonly head: string;
  readonly body: string;
  /** The how manieth connection it came over, from 1. */
  readonly connection: number;
}

/** Handles a request: writes to the socket, ends it, or does nothing. */
export type Script = (socket: Socket, request: RawRequest, number: number) => void;

/** A listening server. */
export interface ScriptedServer {
  readonly url: URL;
  readonly requests: readonly RawRequest[];
  /** Connections that were opened so far, and those that are open. */
  readonly connections: () => { readonly all: number; readonly open: number };
  stop(): Promise<void>;
}

/**
 * Starts one on a free port.
 *
 * @param script is called for every request, which is then complete
 * @param tls key and certificate in PEM; without them it speaks plain TCP
 */
export async function startScriptedServer(
  script: Script,
  tls?: { readonly key: string; readonly cert: string },
): Promise<ScriptedServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let received = '';
    socket.setEncoding('latin1').on('data', (data) => {
      received += data;
      const request = requestIn(received);
      if (request === undefined) return;
      received = received.slice(request.head.length + 4 + request.body.length);
      requests.push({ ...request, connection });
      script(socket, { ...request, connection }, requests.length);
    });
  };
  const server: Server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: new URL(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/xmlrpc`),
    requests,
    connections: () => ({ all: connections, open: sockets.size }),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An HTTP response of this body. */
export function ok(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

function requestIn(received: string): Omit<RawRequest, 'connection'> | undefined {
  const [head = ''] = received.split('\r\n\r\n', 1);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const body = received.slice(head.length + 4, head.length + 4 + length);
  return received.length >= head.length + 4 + length && received.includes('\r\n\r\n') ? { head, body } : undefined;
}
