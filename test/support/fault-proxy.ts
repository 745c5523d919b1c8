/** A proxy between the functions and a server that breaks what passes through it, in whatever way a test wants. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { listen } from '../../infra/local/listen.ts';
import type { Identity } from './certificates.ts';
import { messageIn } from './http-message.ts';

/** One request on its way, and the connection of its answer. */
export interface Exchange {
  /** The name of the XML-RPC method. */
  readonly command: string;
  /** The request as it came, head and body. */
  readonly request: Buffer;
  readonly socket: Socket;
  /** Resets the connection. */
  reset(): void;
  /** Lets the proxy refuse new ones. */
  refuse(): void;
  /** Hands the request to the server; resolves to its whole response. */
  forward(): Promise<Buffer>;
}

/** The change to the traffic. */
export interface Interference {
  /** Is done before anything else, such as to stop listening. */
  readonly begin?: (proxy: FaultProxy) => void | Promise<void>;
  /** Is done to a new connection instead of reading requests from it. */
  readonly accept?: (socket: Socket) => void;
  /** Is done to a request instead of forwarding it and its answer. */
  readonly play?: (exchange: Exchange) => void | Promise<void>;
}

/** The server behind a proxy. */
export interface ProxyOptions {
  /** The server's endpoint. */
  readonly target: string;
  /** Speaks TLS as this one. */
  readonly identity?: Identity;
}

const HOST = '127.0.0.1';

/** So long a socket may take to close. */
const CLOSE_MS = 100;

/** A listening proxy. It forwards faithfully until it is told to interfere. */
export class FaultProxy {
  /** Each request that reached the server, by its command. */
  readonly forwarded: string[] = [];
  readonly #options: ProxyOptions;
  readonly #open = new Set<Socket>();
  /** The connections that something was done to. */
  readonly #harmed = new Set<Socket>();
  #secureContext: SecureContext | undefined;
  #server: Server | undefined;
  #port = 0;
  #interference: Interference = {};
  #concerns: (request: string) => boolean = () => true;

  private constructor(options: ProxyOptions) {
    this.#options = options;
    if (options.identity !== undefined) this.present(options.identity);
  }

  static async start(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.listen();
    return proxy;
  }

  /** For `EJABBERD_URL`. */
  get url(): string {
    const { target, identity } = this.#options;
    const { pathname } = new URL(target);
    return identity === undefined
      ? `http://${HOST}:${this.#port}${pathname}`
      : `https://localhost:${this.#port}${pathname}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that are open although something was done to them. */
  get broken(): number {
    return [...this.#harmed].filter((socket) => this.#open.has(socket) && !socket.destroyed).length;
  }

  /**
   * Interferes from now on, with the requests of which `concerns` is true. Without it, with every one, and with every
   * connection: those that are open are ended first.
   */
  async interfere(interference: Interference, concerns?: (request: string) => boolean): Promise<void> {
    this.#concerns = concerns ?? (() => true);
    if (concerns === undefined) {
      await this.endConnections('FIN');
      this.#interference = interference;
      await interference.begin?.(this);
      return;
    }
    const { begin, accept, play } = interference;
    this.#interference = {
      play: async (exchange) => {
        await begin?.(this);
        if (play !== undefined) return play(exchange);
        if (accept !== undefined) return accept(exchange.socket);
        exchange.reset();
      },
    };
  }

  /** Forwards faithfully again, also what was harmed before, and listens again. */
  async heal(): Promise<void> {
    this.#interference = {};
    this.#harmed.clear();
    if (this.#options.identity !== undefined) this.present(this.#options.identity);
    if (this.#server === undefined) await this.listen();
  }

  /** Speaks TLS as another one from the next connection on. */
  present({ certificate, key }: Identity): void {
    this.#secureContext = createSecureContext({ cert: certificate, key });
  }

  /** Listens on the port that it had before, if it had one. */
  async listen(): Promise<void> {
    this.#server = createServer((socket) => this.#admit(socket));
    this.#port = await listen(this.#server, this.#port, HOST);
  }

  /** Refuses new connections. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Ends every open connection. */
  async endConnections(how: 'FIN' | 'RST'): Promise<void> {
    // A reset that fails since the other side was quicker ends without a "close".
    const open = [...this.#open].filter(({ destroyed }) => !destroyed);
    this.#open.clear();
    const closed = open.map((socket) => once(socket, 'close').catch(() => undefined));
    for (const socket of open) {
      if (how === 'FIN') socket.destroy();
      else socket.resetAndDestroy();
    }
    await Promise.race([Promise.all(closed), sleep(CLOSE_MS)]);
  }

  /** Ignores whatever comes over the connections that are open now. */
  mute(): void {
    for (const socket of this.#open) {
      this.#harmed.add(socket);
      socket.removeAllListeners('data').resume();
    }
  }

  /** Writes to every open connection what nobody asked for. */
  blurt(bytes: Buffer): void {
    for (const socket of this.#open) socket.write(bytes);
  }

  async stop(): Promise<void> {
    this.refuse();
    await this.endConnections('FIN');
  }

  #admit(socket: Socket): void {
    this.#open.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.#open.delete(socket)).on('error', () => undefined);
    const { accept } = this.#interference;
    if (accept !== undefined) {
      this.#harmed.add(socket);
      accept(socket);
      return;
    }
    const secureContext = this.#secureContext;
    this.#serve(secureContext ? new TLSSocket(socket, { isServer: true, secureContext }) : socket, socket);
  }

  /** @param under the TCP connection, which is the socket itself but with TLS */
  #serve(socket: Socket, under: Socket): void {
    socket.on('error', () => undefined);
    let received: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const message = messageIn(received);
      if (message === undefined) return;
      const request = received.subarray(0, message.end);
      received = received.subarray(message.end);
      this.#pass(socket, under, request).catch(() => under.destroy());
    });
  }

  async #pass(socket: Socket, under: Socket, request: Buffer): Promise<void> {
    const text = request.toString();
    const command = /<methodName>([^<]*)/.exec(text)?.[1] ?? '';
    const forward = () => {
      this.forwarded.push(command);
      return answerOf(this.#options.target, request);
    };
    const { play } = this.#interference;
    if (play === undefined || !this.#concerns(text)) {
      socket.write(await forward());
      return;
    }
    this.#harmed.add(under);
    const current = this.#interference;
    await play({
      command,
      request,
      socket,
      forward,
      reset: () => under.resetAndDestroy(),
      // One of several requests at once may come to this when the proxy has long been healed.
      refuse: () => {
        if (this.#interference === current) this.refuse();
      },
    });
  }
}

/** The server's whole response to these bytes. */
function answerOf(target: string, request: Buffer): Promise<Buffer> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const message = messageIn(received);
      if (message === undefined) return;
      resolve(received.subarray(0, message.end));
      socket.destroy();
    });
  });
}
