/** Authorizes the JIDs of a call before its method runs. */
import { ForbiddenServerError, type Issue } from '../errors/index.ts';
import { formatJid, type Jid } from '../xmpp/jid.ts';
import type { NamedJids } from './define-method.ts';

/** The rules of `EJABBERD_SERVERS` and `EJABBERD_SENDERS`. */
export interface Authorization {
  /**
   * Demands that callers may name the server of every JID, and that the sender may send.
   *
   * @param isForeign tells whether a domain is no vhost of the server. It is called only for a JID that may be a contact
   *   on another server
   * @throws ForbiddenServerError that lists each JID outside `EJABBERD_SERVERS`, or the sender outside `EJABBERD_SENDERS`
   * @throws any error of `isForeign`
   */
  demand(named: NamedJids, isForeign: (domain: string) => Promise<boolean>): Promise<void>;
  /** Whether callers may name users of this server. */
  covers(domain: string): boolean;
}

/**
 * Creates the rules. A list that is not set allows everything.
 *
 * @param lists `servers` holds domains, `senders` holds domains and bare JIDs. All are prepared by stringprep (RFC 6122)
 * @example
 * authorizationBy({ servers: new Set(['example.com']), senders: undefined }).covers('example.org') // false
 */
export function authorizationBy(lists: {
  readonly servers: ReadonlySet<string> | undefined;
  readonly senders: ReadonlySet<string> | undefined;
}): Authorization {
  const covers = (domain: string) => lists.servers?.has(domain) ?? true;
  const maySend = (jid: Jid) =>
    lists.senders === undefined ||
    lists.senders.has(formatJid({ ...jid, resource: '' })) ||
    lists.senders.has(jid.domain);
  return {
    covers,
    async demand({ jids, isOneAContact, sender }, isForeign) {
      const named = Object.entries(jids).flatMap(([path, jid]) => (jid === undefined ? [] : [{ path, jid }]));
      const outside = named.filter(({ jid }) => !covers(jid.domain));
      const [contact] = outside;
      const isContact = isOneAContact && contact !== undefined && outside.length < named.length;
      if (!isContact || !(await isForeign(contact.jid.domain))) {
        refuse(outside.map(({ path }) => ({ path, message: 'is on a server that is not among EJABBERD_SERVERS' })));
      }
      if (sender !== undefined && !maySend(sender.jid)) {
        refuse([{ path: sender.path, message: 'is not among EJABBERD_SENDERS' }]);
      }
    },
  };
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new ForbiddenServerError({ issues });
}
