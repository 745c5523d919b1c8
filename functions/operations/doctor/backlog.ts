import { once } from 'node:events';
import { connect } from 'node:net';
import { Deadline, hostAndPort } from 'rostbeef-layer';
import { backlogYaml } from './advice.ts';
import { CONNECT_MS } from './network.ts';
import type { Result } from './report.ts';

/** A full queue drops the SYN, and systems send it again after one second. */
const RETRY_MS = 900;

/**
 * Checks whether the listener's queue takes many connections at once. They are opened together, and closed at once. A single
 * late connection is no failure, because a packet may have been lost.
 *
 * @param connections the number of connections, at least two
 */
export async function checkBacklog(url: URL, connections: number, deadline: Deadline): Promise<Result<true>> {
  if (connections < 2) return { found: 'not measured with a single connection', value: true };
  const times = await Promise.all(Array.from({ length: connections }, () => timeToConnect(url, deadline)));
  const slow = times.filter((time) => time > Math.min(...times) + RETRY_MS);
  if (slow.length < 2) {
    return {
      found: `${connections} connections at once: the slowest took ${Math.ceil(Math.max(...times))} ms`,
      value: true,
    };
  }
  return {
    found: `${slow.length} of ${connections} connections at once took a second or more: the listener’s queue is too short`,
    fix: 'Raise backlog: the default is 5 in older releases. The system’s net.core.somaxconn is a limit too.',
    yaml: backlogYaml(url),
  };
}

/** Returns the milliseconds until a connection is there, or the limit. */
async function timeToConnect(url: URL, deadline: Deadline): Promise<number> {
  const limit = new Deadline(CONNECT_MS, deadline);
  const started = performance.now();
  const socket = connect(hostAndPort(url));
  try {
    await once(socket, 'connect', { signal: limit.signal });
    return performance.now() - started;
  } catch {
    return CONNECT_MS;
  } finally {
    limit.end();
    socket.on('error', () => {}).destroy();
  }
}
