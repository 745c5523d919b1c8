import type { RosterItem } from '../dialects/dialect.ts';

/** A roster item as callers get it; one with subscription `both` has nothing pending, whatever the server kept. */
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
