/** Tells which domains are vhosts of the server, and how the server spells them. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { ItemNotFoundError, PermissionDeniedError } from '../../errors/index.ts';
import { isAscii } from '../../shared/is-ascii.ts';
import { readOnce } from '../../shared/lazy.ts';
import type { Jid } from '../../xmpp/jid.ts';
import { elseIf } from '../command-errors.ts';
import type { Run } from '../run-command.ts';
import { registeredVhosts } from './commands.ts';

/** Reads the server's vhosts, once for each invocation. */
export type ReadVhosts = () => Promise<readonly string[]>;

/** Creates the reader of one invocation. */
export function vhostReader(run: Run): ReadVhosts {
  return readOnce(() => run(registeredVhosts()));
}

/**
 * Runs a function, and adds to its `ItemNotFoundError` each vhost of the users that ejabberd does not have. If the vhosts
 * can't be read, the error stays as it was.
 *
 * @throws any error of `work`
 * @example
 * await namingVhosts(readVhosts, [bob], () => readRosterOf(bob)) // No such user: bob@nowhere.org; ejabberd has no vhost nowhere.org
 */
export async function namingVhosts<T>(
  readVhosts: ReadVhosts,
  users: readonly Jid[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ItemNotFoundError)) throw error;
    const vhosts = await readVhosts().catch(() => undefined);
    const missing =
      vhosts === undefined ? [] : users.map(({ domain }) => domain).filter((domain) => !isAmong(vhosts, domain));
    if (missing.length === 0) throw error;
    const parts = new Set([
      ...(error.detail?.split('; ') ?? []),
      ...missing.map((vhost) => `ejabberd has no vhost ${vhost}`),
    ]);
    throw new ItemNotFoundError({ detail: [...parts].join('; '), cause: error });
  }
}

/**
 * Tells whether a domain is no vhost of the server, in either spelling.
 *
 * @throws PermissionDeniedError if the account may not run `registered_vhosts`
 */
export async function isForeign(readVhosts: ReadVhosts, domain: string): Promise<boolean> {
  return !isAmong(await readVhosts(), domain);
}

/**
 * Returns a JID with its domain as the server spells it. Only a domain that is not ASCII can differ. Observed: ejabberd 23.01
 * and 24.12 know a vhost that is configured in A-labels by those only. 26.07 converts it to U-labels.
 *
 * @example
 * await spelledByServer(readVhosts, { local: 'bob', domain: 'bücher.test', resource: '' }) // on 24.12 { domain: 'xn--bcher-kva.test', … }
 */
export async function spelledByServer(readVhosts: ReadVhosts, jid: Jid): Promise<Jid> {
  if (isAscii(jid.domain)) return jid;
  const vhosts = await readVhosts().catch(elseIf<readonly string[]>(PermissionDeniedError, []));
  const aLabels = domainToASCII(jid.domain);
  return !vhosts.includes(jid.domain) && vhosts.includes(aLabels) ? { ...jid, domain: aLabels } : jid;
}

function isAmong(vhosts: readonly string[], domain: string): boolean {
  const spellings = [domain, domainToASCII(domain), domainToUnicode(domain)];
  return vhosts.some((vhost) => spellings.includes(vhost.toLowerCase()));
}
