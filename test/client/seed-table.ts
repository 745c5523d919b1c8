/** The table of calls of mod_rostbeef's documentation of 2008: every call, its arguments and what it returns. */

/** One row. A client of any language makes the calls in this order. */
export interface Row {
  readonly method: string;
  readonly struct: Readonly<Record<string, string>>;
  readonly returns: unknown;
}

/**
 * The rows for two users, neither of whom is linked to the other.
 *
 * @param server their vhost
 * @param bob the local part of one who is connected as `desk`, with show `dnd` and a status
 * @param ann the local part of another, who is offline
 */
export function seedTable(server: string, bob: string, ann: string): readonly Row[] {
  const [jid1, jid2] = [`${ann}@${server}`, `${bob}@${server}`];
  const status = 'In a “meeting” <&>';
  const nick = 'Bób & <Co> 😀';
  const contact = { jid: jid2, group: '', nick, subscription: 'both', pending: 'none' };
  const ghost = { user: 'no-such-user', server };
  return [
    { method: 'link_contacts', struct: { jid1, nick1: 'Ann', jid2, nick2: nick }, returns: 0 },
    { method: 'get_roster', struct: { user: ann, server }, returns: [contact] },
    {
      method: 'get_roster_with_presence',
      struct: { user: ann, server },
      returns: [{ ...contact, resource: 'desk', show: 'dnd', status }],
    },
    { method: 'get_presence', struct: { user: bob, server }, returns: { jid: `${jid2}/desk`, show: 'dnd', status } },
    { method: 'get_presence', struct: { user: ann, server }, returns: { jid: jid1, show: 'unavailable', status: '' } },
    { method: 'get_resources', struct: { user: bob, server }, returns: ['desk'] },
    { method: 'get_resources', struct: { user: ann, server }, returns: [] },
    {
      method: 'send_stanza',
      struct: { from: jid1, to: jid2, stanza: '<message id="seed"><body>Grüße &amp; 😀</body></message>' },
      returns: 0,
    },
    { method: 'send_stanza', struct: { from: jid1, to: server, stanza: '<message/>' }, returns: -1 },
    { method: 'unlink_contacts', struct: { jid1, jid2 }, returns: 0 },
    { method: 'get_roster', struct: { user: ann, server }, returns: [] },
    { method: 'get_roster', struct: ghost, returns: 404 },
    { method: 'get_presence', struct: ghost, returns: 404 },
    { method: 'link_contacts', struct: { jid1, nick1: '', jid2: `no-such-user@${server}`, nick2: '' }, returns: 404 },
    { method: 'link_contacts', struct: { jid1: 'no jid', nick1: '', jid2, nick2: '' }, returns: 400 },
  ];
}

/** The status that the first user of the table has. */
export const STATUS = 'In a “meeting” <&>';
