import * as z from 'zod/mini';
import { InvalidInputError, type Issue } from '../errors/index.ts';
import { type IdempotencyKey, isCallersOwn, KEY_FORM, KEY_FORM_PROBLEM } from '../idempotency/key.ts';
import { formatJid, parseJid } from '../jid.ts';
import type { StanzaAddresses } from '../stanza.lazy.ts';
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
    'client has it. **Not idempotent**: repeat it after an error only where the error says that it is retryable. Where a ' +
    'table is configured, a key makes it so: a repeat with the same key never sends twice.',
  writes: true,
  idempotent: false,
  input: () =>
    z.strictObject({
      from: text('The sender’s JID, unless the stanza has one.'),
      to: text('The receiver’s JID, bare or full, unless the stanza has one.'),
      stanza: text('One well-formed `message`, `presence` or `iq` element; an `iq` needs an `id`.'),
      idempotencyKey: z.optional(
        z
          .string()
          .check(
            z.regex(KEY_FORM, KEY_FORM_PROBLEM),
            z.describe('What this call is known by, if it is repeated. Only where a table is configured.'),
          ),
      ),
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
  async run({ stanza, idempotencyKey, ...members }, { dialect, access, once, note, ...context }) {
    const key = keyOf(idempotencyKey) ?? context.key;
    const own = await addressesOf(stanza, keyIssues(key, once !== undefined));
    const jids = jidsBy(parseJid, {
      from: members.from,
      to: members.to,
      'stanza/@from': own.from,
      'stanza/@to': own.to,
    });
    const sender = jids['stanza/@from'] ?? jids.from;
    const receiver = jids['stanza/@to'] ?? jids.to;
    note?.({ from: sender, to: receiver });
    access.demandServers(jids);
    access.demandSender(own.from === undefined ? 'from' : 'stanza/@from', sender);
    const send = (signal?: AbortSignal) => dialect.sendStanza(sender, receiver, stanza, signal);
    if (once === undefined || key === undefined) await send();
    else await once({ method: 'send_stanza', key, parts: [formatJid(sender), formatJid(receiver), stanza], send });
    return { code: 0 };
  },
});

function keyOf(value: string | undefined): IdempotencyKey | undefined {
  return value === undefined ? undefined : { source: 'idempotencyKey', value };
}

/** A caller who gives a key relies on it: one that nobody keeps is refused. */
function keyIssues(key: IdempotencyKey | undefined, isKept: boolean): readonly Issue[] {
  if (key === undefined || !isCallersOwn(key)) return [];
  if (!isKept) return [{ path: key.source, message: 'is not accepted: no EJABBERD_IDEMPOTENCY_TABLE is configured' }];
  return KEY_FORM.test(key.value) ? [] : [{ path: key.source, message: KEY_FORM_PROBLEM }];
}

/**
 * The XML parser is loaded here, for the other six functions have no use for it.
 *
 * @param others what else is wrong with the input
 */
async function addressesOf(stanza: string, others: readonly Issue[]): Promise<StanzaAddresses> {
  const { readStanza } = await import('rostbeef-layer/stanza');
  const result = readStanza(stanza);
  if ('addresses' in result && others.length === 0) return result.addresses;
  const problems = 'problems' in result ? result.problems : [];
  throw new InvalidInputError({ issues: [...problems.map((message) => ({ path: 'stanza', message })), ...others] });
}
