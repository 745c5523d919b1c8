/** Checks the network up to the server, below HTTP. */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';
import { Deadline, hostAndPort, unlessEnded } from 'rostbeef-layer';
import { listenerYaml } from './advice.ts';
import type { Result } from './report.ts';

/** Milliseconds for one connection or handshake. A lost SYN is sent again after one second and after three. */
export const CONNECT_MS = 5_000;

/** Checks whether the host has an address. */
export async function checkName(url: URL, deadline: Deadline): Promise<Result<true>> {
  const { host } = hostAndPort(url);
  if (isIP(host)) return { found: `${host} is an address`, value: true };
  const limit = new Deadline(CONNECT_MS, deadline);
  try {
    const addresses = await unlessEnded(lookup(host, { all: true }), limit, () => new Error('the deadline passed'));
    return { found: `${host} is ${addresses.map(({ address }) => address).join(', ')}`, value: true };
  } catch (error) {
    return {
      found: `${host} has no address (${codeOf(error)})`,
      fix: 'Correct the host in EJABBERD_URL, or add a record to the DNS that is used here, such as a private hosted zone of the VPC.',
    };
  } finally {
    limit.end();
  }
}

/** The facts of a connection. */
export interface Connected {
  /** The local address. */
  readonly localAddress: string;
}

/** Checks whether a connection can be made. */
export async function checkTcp(url: URL, deadline: Deadline): Promise<Result<Connected>> {
  const { host, port } = hostAndPort(url);
  const limit = new Deadline(CONNECT_MS, deadline);
  const started = performance.now();
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: limit.signal });
    const { localAddress = '' } = socket;
    return { found: `port ${port} accepted the connection in ${millisecondsSince(started)}`, value: { localAddress } };
  } catch (error) {
    if (limit.reason !== undefined) {
      return {
        found: `port ${port} did not answer within ${millisecondsSince(started)}`,
        fix: 'Allow the connection in the security groups of both ends, network ACLs, routes, and the firewall of the host.',
      };
    }
    return {
      found: `port ${port} does not accept connections (${codeOf(error)})`,
      fix: 'Start ejabberd with a listener on this port that is not bound to another address, or correct EJABBERD_URL.',
      yaml: listenerYaml(url),
    };
  } finally {
    limit.end();
    // An attempt that was ended can still fail.
    socket.on('error', () => {}).destroy();
  }
}

/** Returns the system's name for an error. Its message is not used, because it may quote data. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/** Returns the milliseconds since a time of `performance.now()`, in words. */
export function millisecondsSince(moment: number): string {
  return `${Math.ceil(performance.now() - moment)} ms`;
}
