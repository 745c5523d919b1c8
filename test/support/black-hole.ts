/** A port on loopback that takes no connection and refuses none: what a firewall that drops packets looks like. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The port, until it is closed. */
export interface BlackHole {
  readonly port: number;
  close(): void;
}

const SCRIPT = `const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

/** Opens one: a process that listens, is stopped before it accepts anything, and whose short queue is then filled. */
export async function openBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['--eval', SCRIPT], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(line);
  child.kill('SIGSTOP');
  const filling: Socket[] = [];
  for (let index = 0; index < 8; index++) filling.push(connect({ port, host: '127.0.0.1' }).on('error', () => {}));
  // Those that fit connect at once, and the others never do.
  await once(filling[0] ?? child, 'connect');
  return {
    port,
    close() {
      for (const socket of filling) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
