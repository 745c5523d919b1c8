/** Pages of a roster. A page begins after a JID, so that it stays right while the roster changes. */
import type { RosterItem } from '../dialects/dialect.ts';
import { InvalidInputError } from '../errors/index.ts';
import { formatJid, type Jid } from '../xmpp/jid.ts';

/** The part of a roster that was asked for, and what asks for the next. */
export interface Page {
  readonly items: readonly RosterItem[];
  readonly nextToken?: string;
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * Reads what page is asked for.
 *
 * @returns takes the page out of the whole roster, sorted by JID
 * @throws InvalidInputError, at once, for a token that is not of this user's roster
 */
export function pageAfter({ maxResults, nextToken }: Paging, owner: Jid): (roster: readonly RosterItem[]) => Page {
  const after = nextToken === undefined ? undefined : lastJidOf(nextToken, owner);
  return (roster) => {
    const rest = after === undefined ? roster : roster.filter(({ jid }) => jid > after);
    const items = rest.slice(0, maxResults);
    const last = items.at(-1);
    if (items.length === rest.length || last === undefined) return { items };
    return { items, nextToken: tokenOf(owner, last.jid) };
  };
}

/** Whose roster, the last JID before the page, and a digest, so that what was cut or altered is no other page's token. */
function tokenOf(owner: Jid, lastJid: string): string {
  const { hash } = process.getBuiltinModule('node:crypto');
  const content = `${formatJid(owner)}\n${lastJid}`;
  return Buffer.from(`${hash('sha256', content, 'base64url').slice(0, 8)}\n${content}`).toString('base64url');
}

function lastJidOf(nextToken: string, owner: Jid): string {
  const [, lastJid = ''] = /^[^\n]*\n[^\n]*\n(.*)$/s.exec(Buffer.from(nextToken, 'base64url').toString()) ?? [];
  if (tokenOf(owner, lastJid) === nextToken) return lastJid;
  throw new InvalidInputError({
    issues: [{ path: 'nextToken', message: 'must be the nextToken of an answer about the same user' }],
  });
}
