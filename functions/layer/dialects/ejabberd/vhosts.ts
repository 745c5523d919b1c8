/** Names the vhosts that ejabberd does not have, if a user is unknown. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { ItemNotFoundError } from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Run } from '../run-command.ts';
import { registeredVhosts } from './commands.ts';

/**
 * Runs something about users. If it finds one of them unknown, the error names each vhost of theirs that ejabberd does
 * not have. If the account may not ask for the vhosts, or they can't be read, the error stays as it was.
 *
 * @throws ItemNotFoundError, and what `work` throws
 * @example
 * await namingVhosts(run, [bob], () => readRosterOf(bob)) // No such user: bob@nowhere.org; ejabberd has no vhost nowhere.org
 */
export async function namingVhosts<T>(run: Run, users: readonly Jid[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ItemNotFoundError)) throw error;
    const vhosts = await run(registeredVhosts()).catch(() => undefined);
    const missing =
      vhosts === undefined ? [] : users.map(({ domain }) => domain).filter((one) => !isAmong(vhosts, one));
    if (missing.length === 0) throw error;
    const parts = new Set([
      ...(error.detail?.split('; ') ?? []),
      ...missing.map((vhost) => `ejabberd has no vhost ${vhost}`),
    ]);
    throw new ItemNotFoundError({ detail: [...parts].join('; '), cause: error });
  }
}

/** Tells whether a domain is among the vhosts. Up to 24.12 ejabberd keeps a vhost's A-label, but JIDs have the U-label. */
function isAmong(vhosts: readonly string[], domain: string): boolean {
  const spellings = [domain, domainToASCII(domain), domainToUnicode(domain)];
  return vhosts.some((vhost) => spellings.includes(vhost.toLowerCase()));
}
