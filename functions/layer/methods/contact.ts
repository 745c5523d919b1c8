import type { RosterItem } from '../dialects/dialect.ts';

/** Converts a roster item to the output. With subscription `both` nothing is pending, although a server may say so. */
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
