/** One connection: the only file that opens sockets. */
import * as net from 'node:net';
import { TransportError, unsentInTime } from './errors.ts';

/** Where a server listens. */
export interface Address {
  readonly url: URL;
  /** Certificates of the authority to trust, in PEM; without it, those that Node.js trusts. */
  readonly ca: string | undefined;
}

/** Who gets what comes over a connection. */
export interface Receiver {
  /** The next bytes. */
  data(chunk: Buffer): void;
  /** No more comes; an error says why, where there is one. */
  end(error: NodeJS.ErrnoException | undefined): void;
}

/** An open connection, which serves one receiver at a time. */
export class Connection {
  /** Whether it has carried an answer: it may have died since, and shows it only when it is used. */
  hasAnswered = false;
  readonly #socket: net.Socket;
  #receiver: Receiver | undefined;
  #error: NodeJS.ErrnoException | undefined;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    socket
      .on('data', (chunk) => {
        // What nobody asked for must not be taken for the next answer.
        if (this.#receiver === undefined) socket.destroy();
        else this.#receiver.data(chunk);
      })
      .on('error', (error) => {
        this.#error = error;
      })
      .on('end', () => this.#end())
      .on('close', () => this.#end());
  }

  /** Whether it can carry a request, as far as it is known. */
  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Runs something once it is closed. */
  onClose(run: () => void): void {
    this.#socket.once('close', run);
  }

  /** Sends bytes, and gives what comes from now on to a receiver. */
  send(bytes: string, receiver: Receiver): void {
    this.#receiver = receiver;
    this.#socket.ref();
    this.#socket.write(bytes, 'latin1');
  }

  /**
   * Lets the receiver go. An idle connection keeps no process alive.
   *
   * @returns whether all that was sent has left, so that another may use it
   */
  release(): boolean {
    this.#receiver = undefined;
    this.hasAnswered = true;
    this.#socket.unref();
    return this.isOpen && this.#socket.writableLength === 0;
  }

  /** Closes it; its receiver is not told. */
  destroy(): void {
    this.#receiver = undefined;
    this.#socket.destroy();
  }

  /** A server that sends no more gets no more. */
  #end(): void {
    const receiver = this.#receiver;
    this.destroy();
    receiver?.end(this.#error);
  }
}

/** Opens a connection; rejects with a `TransportError` of the kind `unreachable`, or `timeout` once the signal fires. */
export type Connect = (signal: AbortSignal) => Promise<Connection>;

/**
 * What connects to an address. It keeps the TLS session, which spares the next connection most of its handshake.
 *
 * @example
 * const connection = await connectorTo({ url: new URL('https://xmpp.internal:5443/'), ca: undefined })(signal);
 */
export function connectorTo({ url, ca }: Address): Connect {
  // Loaded where it is needed, and then while the runtime starts: it is a fifth of a cold start.
  const tls = url.protocol === 'https:' ? process.getBuiltinModule('node:tls') : undefined;
  // An IPv6 address stands in brackets in a URL alone.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: Number(url.port) || (tls === undefined ? 80 : 443), noDelay: true, keepAlive: true };
  const servername = net.isIP(host) === 0 ? host : undefined;
  let session: Buffer | undefined;

  const open = (): net.Socket => {
    if (tls === undefined) return net.connect(target);
    const socket = tls.connect({ ...target, ca, servername, session, ALPNProtocols: ['http/1.1'] });
    return socket.on('session', (next) => {
      session = next;
    });
  };
  return (signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(unsentInTime());
      const socket = open();
      const onAbort = () => {
        reject(unsentInTime());
        socket.destroy();
      };
      const onFailure = (error?: NodeJS.ErrnoException) => {
        session = undefined;
        signal.removeEventListener('abort', onAbort);
        reject(new TransportError('unreachable', false, 'no connection', error?.code));
      };
      signal.addEventListener('abort', onAbort);
      socket.on('error', onFailure).on('close', onFailure);
      // Only now is the server's certificate verified; nothing is sent before.
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        signal.removeEventListener('abort', onAbort);
        socket.off('error', onFailure).off('close', onFailure);
        resolve(new Connection(socket));
      });
    });
}
