/** JIDs out of an input's members, with every bad one named. */
import { type Issue, JidMalformedError } from '../errors/index.ts';
import { type Jid, type JidResult, parseBareJid, prepareDomain, prepareLocal } from '../jid.ts';

type JidsOf<Members> = { readonly [Name in keyof Members]: undefined extends Members[Name] ? Jid | undefined : Jid };

/**
 * The JIDs of these members.
 *
 * @param parse {@link parseBareJid} or `parseJid`
 * @param members the text of each by its name; one that is absent stays so
 * @throws JidMalformedError that lists every member that is no such JID
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

/** The bare JIDs of these members: {@link jidsBy} with {@link parseBareJid}. */
export function bareJids<Members extends Readonly<Record<string, string>>>(members: Members): JidsOf<Members> {
  return jidsBy(parseBareJid, members);
}

/**
 * The bare JID of the members `user` and `server`.
 *
 * @throws JidMalformedError that lists each that is no local part or no domain
 */
export function userJid({ user, server }: { readonly user: string; readonly server: string }): Jid {
  const local = prepareLocal(user);
  const domain = prepareDomain(server);
  if (typeof local === 'string' && typeof domain === 'string') return { local, domain, resource: '' };
  const parts = Object.entries({ user: local, server: domain });
  throw new JidMalformedError({
    issues: parts.flatMap(([path, part]) => (typeof part === 'string' ? [] : [{ path, message: part.problem }])),
  });
}
