import { once } from 'node:events';
import type { Server } from 'node:net';

/**
 * Starts listening.
 *
 * @param port 0 chooses a free port
 * @returns the port
 */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a TCP port.');
  return address.port;
}
