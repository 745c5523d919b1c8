import * as z from 'zod/mini';
import { InvalidInputError } from '../errors/index.ts';
import { parseJid } from '../jid.ts';
import { readStanza, type StanzaAddresses } from '../stanza.ts';
import { done, text } from './fields.ts';
import { jidsBy } from './jids.ts';
import { defineMethod } from './method.ts';

/** Sends a stanza. */
export const sendStanza = defineMethod({
  name: 'send_stanza',
  summary: 'Send a stanza',
  description:
    'Sends one `message`, `presence` or `iq` element just as it is given. A `from` or `to` attribute on it overrides the ' +
    'argument. To a bare JID it goes by the server’s own routing. Success means that the server took it, not that a ' +
    'client has it. **Not idempotent**: repeat it after an error only where the error says that it is retryable.',
  writes: true,
  idempotent: false,
  input: z.strictObject({
    from: text('The sender’s JID, unless the stanza has one.'),
    to: text('The receiver’s JID, bare or full, unless the stanza has one.'),
    stanza: text('One well-formed `message`, `presence` or `iq` element; an `iq` needs an `id`.'),
  }),
  result: done,
  example: {
    input: {
      from: 'bob@example.com',
      to: 'alice@example.com',
      stanza: '<message type="chat"><body>Lunch?</body></message>',
    },
    result: { code: 0 },
  },
  async run({ stanza, ...members }, { dialect, access }) {
    const own = addressesOf(stanza);
    const jids = jidsBy(parseJid, {
      from: members.from,
      to: members.to,
      'stanza/@from': own.from,
      'stanza/@to': own.to,
    });
    access.demandServers(jids);
    const sender = jids['stanza/@from'] ?? jids.from;
    access.demandSender(own.from === undefined ? 'from' : 'stanza/@from', sender);
    await dialect.sendStanza(sender, jids['stanza/@to'] ?? jids.to, stanza);
    return { code: 0 };
  },
});

function addressesOf(stanza: string): StanzaAddresses {
  const result = readStanza(stanza);
  if ('addresses' in result) return result.addresses;
  throw new InvalidInputError({ issues: result.problems.map((message) => ({ path: 'stanza', message })) });
}
