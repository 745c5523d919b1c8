/** A server in a process of its own, so that it writes while the test's process is blocked. */
import type { Socket } from 'node:net';
import { ok, startScriptedServer } from './scripted-server.ts';

/** The time in which the test blocks itself. */
const BLURT_AFTER_MS = 100;

const sockets = new Set<Socket>();

process.on('message', async (message: 'blurt' | { readonly tls?: { readonly key: string; readonly cert: string } }) => {
  if (message === 'blurt') {
    setTimeout(() => {
      for (const socket of sockets) socket.write(ok('unasked'));
    }, BLURT_AFTER_MS);
    return;
  }
  const server = await startScriptedServer((socket, { body }) => {
    sockets.add(socket);
    socket.write(ok(body));
  }, message.tls);
  process.send?.(Number(server.url.port));
});
process.on('disconnect', () => process.exit());
