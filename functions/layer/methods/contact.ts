import type { RosterItem } from '../dialects/dialect.ts';

/** Returns a roster item as callers get it. An item with subscription `both` has nothing pending, even if the server kept it. */
export function contactOf({ jid, nick, groups, subscription, pending }: RosterItem) {
  return {
    jid,
    nick,
    group: groups[0] ?? '',
    groups: [...groups],
    subscription,
    pending: subscription === 'both' ? ('none' as const) : pending,
  };
}
