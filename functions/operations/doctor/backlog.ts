import { once } from 'node:events';
import { connect } from 'node:net';
import { Deadline, hostAndPort } from 'rostbeef-layer';
import { backlogYaml } from './advice.ts';
import { CONNECT_MS } from './network.ts';
import type { Result } from './report.ts';

/** A full queue drops the SYN, and systems send it again after one second. */
const RETRY_MS = 900;

/**
 * Whether the listener's queue takes many connections at once: they are opened together, and closed as soon as they are
 * there. One that comes late by itself may have met a lossy network, and is let pass.
 *
 * @param connections how many; of one nothing can be told
 */
export async function checkBacklog(url: URL, connections: number, signal: AbortSignal): Promise<Result<true>> {
  if (connections < 2) return { found: 'not measured with a single connection', value: true };
  const times = await Promise.all(Array.from({ length: connections }, () => timeToConnect(url, signal)));
  const slow = times.filter((time) => time > Math.min(...times) + RETRY_MS);
  if (slow.length < 2) {
    return {
      found: `${connections} connections at once: the slowest took ${Math.ceil(Math.max(...times))} ms`,
      value: true,
    };
  }
  return {
    found: `${slow.length} of ${connections} connections at once took a second or more: the listener’s queue is too short`,
    mend: 'Lengthen it: the default is 5 in older releases. The system’s net.core.somaxconn is a limit as well.',
    yaml: backlogYaml(url),
  };
}

/** Milliseconds; the limit, where there is no connection by then. */
async function timeToConnect(url: URL, signal: AbortSignal): Promise<number> {
  const limit = new Deadline(CONNECT_MS, signal);
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
