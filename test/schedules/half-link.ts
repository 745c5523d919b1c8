/** Defines half a link, for schedules and races. */

import type { RosterItem } from '../../functions/layer/dialects/dialect.ts';
import { entryOf, grants, receives } from '../../functions/layer/dialects/ejabberd/roster-entry.ts';
import type { Jid } from '../../functions/layer/xmpp/jid.ts';

/** A user and the roster that it has. */
export interface Owner {
  readonly jid: Jid;
  readonly roster: readonly RosterItem[];
}

/** Whether one of two users receives a presence that the other does not grant, or does not receive one that it grants. */
export function isHalf(one: Owner, other: Owner): boolean {
  const entry1 = entryOf(one.roster, other.jid);
  const entry2 = entryOf(other.roster, one.jid);
  return receives(entry1) !== grants(entry2) || receives(entry2) !== grants(entry1);
}

/** Both entries in short, such as `both|none` or `-|from`. */
export function shortly(one: Owner, other: Owner): string {
  return [entryOf(one.roster, other.jid), entryOf(other.roster, one.jid)]
    .map((entry) => entry?.subscription ?? '-')
    .join('|');
}
