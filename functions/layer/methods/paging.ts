/** Divides a roster into pages. A page begins after a JID, so that a token stays valid while the roster changes. */
import type { RosterItem } from '../dialects/dialect.ts';
import { InvalidInputError } from '../errors/index.ts';
import { formatJid, type Jid } from '../xmpp/jid.ts';

/** One page of a roster. */
export interface Page {
  readonly items: readonly RosterItem[];
  /** Requests the next page. It is absent on the last page. */
  readonly nextToken?: string;
}

interface Paging {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * Reads which page an input requests.
 *
 * @param owner the owner of the roster
 * @returns a function that returns the page of the whole roster, sorted by JID
 * @throws InvalidInputError at once if the token is not from the roster of this user
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

/** Encodes the owner and the last JID before the page, with a digest that detects an altered or truncated token. */
function tokenOf(owner: Jid, lastJid: string): string {
  const { hash } = process.getBuiltinModule('node:crypto');
  const content = `${formatJid(owner)}\n${lastJid}`;
  return Buffer.from(`${hash('sha256', content, 'base64url').slice(0, 8)}\n${content}`).toString('base64url');
}

function lastJidOf(nextToken: string, owner: Jid): string {
  const [, lastJid = ''] = /^[^\n]*\n[^\n]*\n(.*)$/s.exec(Buffer.from(nextToken, 'base64url').toString()) ?? [];
  if (tokenOf(owner, lastJid) === nextToken) return lastJid;
  throw new InvalidInputError({
    issues: [{ path: 'nextToken', message: 'must be the nextToken of a previous page of the same user' }],
  });
}
