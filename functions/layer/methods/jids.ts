/** Parses the JIDs of an input, and lists every member that is not valid. */
import { type Issue, JidMalformedError } from '../errors/index.ts';
import { type Jid, type JidResult, parseBareJid, parseJid } from '../xmpp/jid.ts';
import { prepareDomain, prepareLocal } from '../xmpp/jid-parts.ts';

type JidsOf<Members> = { readonly [Name in keyof Members]: undefined extends Members[Name] ? Jid | undefined : Jid };

/**
 * Parses the JIDs of the given members.
 *
 * @param parse {@link parseBareJid} or `parseJid`
 * @param members the JID of each member as text. Absent members stay absent
 * @throws JidMalformedError that lists every member that is not valid
 */
export function jidsBy<Members extends Readonly<Record<string, string | undefined>>>(
  parse: (text: string) => JidResult,
  members: Members,
): JidsOf<Members> {
  const issues: Issue[] = [];
  const jids: [string, Jid][] = [];
  for (const [path, text] of Object.entries(members)) {
    if (text === undefined) continue;
    const result = parse(text);
    if ('jid' in result) jids.push([path, result.jid]);
    else issues.push({ path, message: result.problem });
  }
  if (issues.length > 0) throw new JidMalformedError({ issues });
  return Object.fromEntries(jids) as JidsOf<Members>;
}

/** Parses the bare JIDs of the given members: {@link jidsBy} with {@link parseBareJid}. */
export function bareJids<Members extends Readonly<Record<string, string>>>(members: Members): JidsOf<Members> {
  return jidsBy(parseBareJid, members);
}

/** Two JIDs. One of them may be a contact on another server: a domain or a full JID, such as a gateway's. */
interface OwnerAndContact {
  readonly jids: { readonly jid1: Jid; readonly jid2: Jid };
  /** The domain of a JID that is not a bare JID with a local part, and its issue if that domain is a vhost of the server. */
  readonly unusual: { readonly domain: string; readonly issue: Issue } | undefined;
}

/**
 * Parses `jid1` and `jid2`. One of them may be a domain or a full JID of another server.
 *
 * @throws JidMalformedError that lists every member that is not a JID
 * @throws JidMalformedError that lists each domain and full JID, if both members are such JIDs, if both have the same domain,
 *   or if the domain is a single word. A single word is usually a user name without a server
 */
export function ownerAndContact(members: { readonly jid1: string; readonly jid2: string }): OwnerAndContact {
  const jids = jidsBy(parseJid, members);
  const unusual = Object.entries(members).flatMap(([path, text]) => {
    const result = parseBareJid(text);
    return 'problem' in result ? [{ path, message: result.problem }] : [];
  });
  const [issue] = unusual;
  if (issue === undefined) return { jids, unusual: undefined };
  const { domain } = issue.path === 'jid1' ? jids.jid1 : jids.jid2;
  const isContact = unusual.length === 1 && jids.jid1.domain !== jids.jid2.domain && domain.includes('.');
  if (!isContact) throw new JidMalformedError({ issues: unusual });
  return { jids, unusual: { domain, issue } };
}

/**
 * Returns the bare JID of the members `user` and `server`.
 *
 * @throws JidMalformedError that lists each member that is not valid
 */
export function userJid({ user, server }: { readonly user: string; readonly server: string }): Jid {
  const local = prepareLocal(user);
  const domain = prepareDomain(server);
  if (typeof local === 'string' && typeof domain === 'string') return { local, domain, resource: '' };
  const issues: Issue[] = [];
  if (typeof local !== 'string') issues.push({ path: 'user', message: partBeforeAt(user) ?? local.problem });
  if (typeof domain !== 'string') issues.push({ path: 'server', message: hintOfServer(server) ?? domain.problem });
  throw new JidMalformedError({ issues });
}

/** Returns a hint if `user` is a whole JID. */
function partBeforeAt(user: string): string | undefined {
  if (!user.includes('@')) return undefined;
  const local = prepareLocal(user.slice(0, user.indexOf('@')));
  return typeof local === 'string' ? `must be only the part before "@": ${local}` : undefined;
}

/** Returns a hint if `server` is a URL, a whole JID or has a port. */
function hintOfServer(server: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(server))
    return 'must be a domain only, such as example.com: leave out the scheme and what follows the domain';
  if (typeof prepareDomain(server.slice(server.indexOf('@') + 1)) === 'string')
    return 'must be only the part after "@"';
  if (typeof prepareDomain(server.replace(/:\d+$/, '')) === 'string')
    return 'must be a domain only: leave out the port';
  return undefined;
}
