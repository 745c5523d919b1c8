/** Reads roster rows and presence in the forms of all releases and dialects. */

import { itemText, textOr } from './answer-shape.ts';
import type { Pending, RosterItem, Show, Subscription } from './dialect.ts';

const SUBSCRIPTIONS: readonly Subscription[] = ['none', 'from', 'to', 'both'];
const SHOWS: readonly Show[] = ['available', 'chat', 'away', 'dnd', 'xa', 'unavailable'];

/** The values of `ask`. Current releases write only `subscribe` or nothing. Classic servers write the others. */
const PENDING_OF_ASK: ReadonlyMap<string, Pending> = new Map([
  ['subscribe', 'out'],
  ['out', 'out'],
  ['in', 'in'],
  ['both', 'both'],
]);

/**
 * Returns the roster in these rows, sorted by JID. Up to 23.01 a contact has a row for each group. 23.10 renamed `ask` to
 * `pending`, and `group` to the list `groups`. Unknown and missing values read as `none`. A row without a JID is skipped,
 * so that the others can be read.
 */
export function rosterOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly RosterItem[] {
  const items = new Map<string, RosterItem>();
  for (const row of rows) {
    const jid = textOr(row['jid']);
    if (jid === '') continue;
    const groups = Array.isArray(row['groups']) ? row['groups'].map(itemText) : [textOr(row['group'])];
    items.set(jid, {
      jid,
      nick: textOr(row['nick']),
      groups: sortedUnique([...(items.get(jid)?.groups ?? []), ...groups].filter((group) => group !== '')),
      subscription: SUBSCRIPTIONS.find((known) => known === row['subscription']) ?? 'none',
      pending: PENDING_OF_ASK.get(textOr(row['pending'] ?? row['ask'])) ?? 'none',
    });
  }
  return [...items.values()].sort((a, b) => byCodeUnit(a.jid, b.jid));
}

/** Returns the `show` of a session. `offline` is a session whose process did not answer ejabberd within a second. */
export function showOf(value: unknown): Show {
  if (value === 'offline') return 'unavailable';
  return SHOWS.find((known) => known === value) ?? 'available';
}

/** Compares two strings by code unit. Every sorted result has this order. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sortedUnique(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort(byCodeUnit);
}
