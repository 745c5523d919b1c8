/** Pages of a roster. A page begins after a JID, so that it stays right while the roster changes. */
import type { RosterItem } from '../dialects/dialect.ts';
import { InvalidInputError } from '../errors/index.ts';
import { formatJid, type Jid } from '../xmpp/jid.ts';

/** A page of a roster, and the token of the next page. */
export interface Page {
  readonly items: readonly RosterItem[];
  readonly nextToken?: string;
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * Reads which page is wanted.
 *
 * @returns a function that takes the page out of the whole roster, sorted by JID
 * @throws InvalidInputError at once if the token is not for this user's roster
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

/** A token holds the owner, the last JID before the page, and a digest. The digest refuses a token that was cut or altered. */
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
