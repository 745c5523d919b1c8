/** Pages of a roster. A page begins after a JID, so that it stays right while the roster changes. */

import type { RosterItem } from '../ejabberd/dialect.ts';
import { InvalidInputError } from '../errors/index.ts';
import { formatJid, type Jid } from '../jid.ts';

/** The part of a roster that was asked for, and what asks for the next. */
export interface Page {
  readonly items: readonly RosterItem[];
  readonly nextToken?: string;
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** What a token holds before it is made opaque: whose roster, and the last JID before the page. */
const TOKEN = /^1\n([^\n]*)\n(.*)$/s;

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
    return { items, nextToken: Buffer.from(`1\n${formatJid(owner)}\n${last.jid}`).toString('base64url') };
  };
}

function lastJidOf(nextToken: string, owner: Jid): string {
  const [, tokenOwner, lastJid] = TOKEN.exec(Buffer.from(nextToken, 'base64url').toString()) ?? [];
  if (lastJid !== undefined && tokenOwner === formatJid(owner)) return lastJid;
  throw new InvalidInputError({
    issues: [{ path: 'nextToken', message: 'must be the nextToken of an answer about the same user' }],
  });
}
