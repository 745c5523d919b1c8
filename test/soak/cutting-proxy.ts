/** A proxy that cuts connections at random. */
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { listen } from '../../infra/local/listen.ts';

/** A listening one. */
export interface CuttingProxy {
  /** The address to go by in the place of the target's. */
  readonly url: string;
  /** Connections that it has cut. */
  readonly cuts: () => number;
  /** Refuses new connections, as a server that is away does; those that are open stay so. */
  refuse(): void;
  /** Takes connections again. */
  accept(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts one before a server.
 *
 * @param meanLifeMs how long a connection lives, on an average; each moment is as likely as any other
 */
export async function startCuttingProxy(target: URL, meanLifeMs: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = connectTo(Number(target.port), target.hostname);
    const end = () => {
      clearTimeout(timer);
      near.destroy();
      far.destroy();
    };
    const timer = setTimeout(
      () => {
        cuts += 1;
        near.resetAndDestroy();
        far.resetAndDestroy();
      },
      -Math.log(1 - Math.random()) * meanLifeMs,
    );
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    near.pipe(far).pipe(near);
  });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    cuts: () => cuts,
    refuse() {
      server.close();
    },
    async accept() {
      await listen(server, port, '127.0.0.1');
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
