/** Decides which stanzas `send_stanza` may send. `docs/stanzas.md` has the rules as a table. */
import type { StanzaRule } from '../config/config.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { ForbiddenStanzaError, type Issue } from '../errors/index.ts';
import type { Deadline } from '../shared/deadline.ts';
import { formatJid, type Jid } from '../xmpp/jid.ts';
import type { Stanza } from '../xmpp/stanza.lazy.ts';

/** The settings that decide about stanzas. */
export interface StanzaPolicy {
  /** `EJABBERD_STANZAS` */
  readonly rule: StanzaRule;
  /** Whether `EJABBERD_SENDERS` lists this domain itself. */
  listsDomain(domain: string): boolean;
  /** The account that the functions run commands as; `undefined` if calls go out without credentials. */
  ownAccount(): Promise<Jid | undefined>;
}

/** A stanza with its effective addresses, each with the member that holds it. */
interface Delivery {
  readonly stanza: Stanza;
  readonly sender: Address;
  readonly receiver: Address;
}

interface Address {
  readonly path: string;
  readonly jid: Jid;
}

/**
 * Demands that the settings allow the stanza. It sends no request to ejabberd.
 *
 * The rule `users` refuses a stanza that makes a server or service act in the sender's name. It also refuses a stanza that
 * changes only one of two rosters. The rule `any` refuses only the account of the functions as a sender.
 *
 * @throws ForbiddenStanzaError that lists every reason
 * @example
 * await demandAllowed(delivery, policy)
 */
export async function demandAllowed(delivery: Delivery, policy: StanzaPolicy): Promise<void> {
  refuse(policy.rule === 'any' ? await ownAccountIssues(delivery, policy) : issuesOf(delivery, policy));
}

/**
 * Demands that the receiver of an `iq` is connected, if the rule is `users`. All other stanzas pass at once.
 *
 * @param deadline a deadline that is earlier than the one of the invocation
 * @throws ForbiddenStanzaError if the receiver's resource is not connected
 * @throws PermissionDeniedError if the account may not list the receiver's resources
 * @example
 * await demandConnected(delivery, policy, dialect)
 */
export async function demandConnected(
  delivery: Delivery,
  { rule }: StanzaPolicy,
  dialect: Dialect,
  deadline?: Deadline,
): Promise<void> {
  if (rule === 'users' && delivery.stanza.name === 'iq') refuse(await absenceIssues(delivery, dialect, deadline));
}

/** The presence types that manage subscriptions (RFC 6121 section 4.7.1). */
const SUBSCRIPTION_TYPES: readonly (string | undefined)[] = ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'];

function issuesOf({ stanza, sender, receiver }: Delivery, { listsDomain }: StanzaPolicy): readonly Issue[] {
  const { name, hasAddresses } = stanza;
  const type = stanza.type?.trim().toLowerCase();
  const rules: readonly (readonly [isForbidden: boolean, path: string, message: string])[] = [
    [
      receiver.jid.local === '',
      receiver.path,
      'must be the JID of a user, such as bob@example.com, because a server or service would act in the sender’s name',
    ],
    [
      name === 'iq' && receiver.jid.local !== '' && receiver.jid.resource === '',
      receiver.path,
      'must have a connected resource, such as bob@example.com/phone, because the server answers an iq to a bare JID',
    ],
    [
      name === 'presence' && SUBSCRIPTION_TYPES.includes(type),
      'stanza',
      `must not be a presence of type ${type}, because it changes one of two rosters: use link_contacts or unlink_contacts`,
    ],
    [
      name === 'presence' && type === 'probe',
      'stanza',
      'must not be a presence of type probe, because the server answers it: use get_presence',
    ],
    [
      sender.jid.local === '' && !listsDomain(sender.jid.domain),
      sender.path,
      'must be the JID of a user, because EJABBERD_SENDERS does not list this domain',
    ],
    [
      name !== 'presence' && receiver.jid.local !== '' && isSameUser(sender.jid, receiver.jid),
      receiver.path,
      'must be another user than the sender, because clients trust what comes from their own account',
    ],
    [
      hasAddresses,
      'stanza',
      'must not hold <addresses> (XEP-0033), because it names other receivers: send one stanza to each',
    ],
  ];
  return rules.filter(([isForbidden]) => isForbidden).map(([, path, message]) => ({ path, message }));
}

/** Users of other servers have no resources here, so that an `iq` to them is always refused. */
async function absenceIssues(
  { receiver }: Delivery,
  dialect: Dialect,
  deadline: Deadline | undefined,
): Promise<readonly Issue[]> {
  const { path, jid } = receiver;
  const resources = await dialect.connectedResources(jid, deadline);
  if (resources.includes(jid.resource)) return [];
  return [{ path, message: 'must have a connected resource for an iq: get_resources lists them' }];
}

async function ownAccountIssues({ sender }: Delivery, { ownAccount }: StanzaPolicy): Promise<readonly Issue[]> {
  const account = await ownAccount();
  if (account === undefined || !isSameUser(sender.jid, account)) return [];
  return [{ path: sender.path, message: 'must not be the account that the functions run commands as' }];
}

function isSameUser(one: Jid, other: Jid): boolean {
  return formatJid({ ...one, resource: '' }) === formatJid({ ...other, resource: '' });
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new ForbiddenStanzaError({ issues });
}
