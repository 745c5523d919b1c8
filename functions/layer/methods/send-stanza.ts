import * as z from 'zod/mini';
import { InvalidInputError, type Issue } from '../errors/index.ts';
import { differingKeys, type IdempotencyKey, isCallersOwn, KEY_FORM, KEY_FORM_PROBLEM } from '../idempotency/key.ts';
import type { Deadline } from '../shared/deadline.ts';
import { formatJid, parseJid } from '../xmpp/jid.ts';
import type { Stanza } from '../xmpp/stanza.lazy.ts';
import { defineMethod } from './define-method.ts';
import { done, text } from './fields.ts';
import { jidsBy } from './jids.ts';
import { demandAllowed, demandConnected } from './stanza-policy.ts';

/**
 * The method `send_stanza`, which sends one stanza.
 *
 * @example
 * export const handler = createHandler(sendStanza);
 */
export const sendStanza = defineMethod({
  name: 'send_stanza',
  summary: 'Send a stanza',
  description:
    'Sends one `message`, `presence` or `iq` element to a user, unchanged. A `from` or `to` attribute of the element ' +
    'overrides the argument. The server routes a stanza to a bare JID by its own rules. Success means that the server ' +
    'accepted the stanza, not that a client received it. A stanza that would make a server or service act in the sender’s ' +
    'name fails with a `ForbiddenStanzaError`, unless `EJABBERD_STANZAS` is `any`. **Not idempotent**: repeat it after an ' +
    'error only if the error is retryable. If an idempotency table is configured, a key makes it idempotent: a repeat ' +
    'with the same key never sends twice.',
  writes: true,
  idempotent: false,
  input: () =>
    z.strictObject({
      from: text('The sender’s JID. A `from` attribute of the stanza overrides it.'),
      to: text('The receiver’s bare or full JID. A `to` attribute of the stanza overrides it.'),
      stanza: text('One well-formed `message`, `presence` or `iq` element; an `iq` needs an `id`.'),
      idempotencyKey: z.optional(
        z
          .string()
          .check(
            z.regex(KEY_FORM, KEY_FORM_PROBLEM),
            z.describe('Identifies this call if it is repeated. It needs a configured idempotency table.'),
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
  async names({ stanza: text, idempotencyKey, ...members }, { keepsKeys, maxStanzaBytes, ...context }) {
    const key = keyOf(idempotencyKey) ?? context.key;
    const issues = [...keyIssues(key, keepsKeys), ...differingKeys(idempotencyKey, context.key)];
    const stanza = await readWithin(maxStanzaBytes, text, issues);
    const jids = jidsBy(parseJid, {
      from: members.from,
      to: members.to,
      'stanza/@from': stanza.from,
      'stanza/@to': stanza.to,
    });
    const { 'stanza/@from': ownFrom, 'stanza/@to': ownTo } = jids;
    const sender = ownFrom === undefined ? { path: 'from', jid: jids.from } : { path: 'stanza/@from', jid: ownFrom };
    const receiver = ownTo === undefined ? { path: 'to', jid: jids.to } : { path: 'stanza/@to', jid: ownTo };
    return { jids, effective: { from: sender.jid, to: receiver.jid }, sender, receiver, stanza, key };
  },
  async run(input, { key, sender, receiver, stanza }, { dialect, stanzaPolicy, once }) {
    const delivery = { stanza, sender, receiver };
    await demandAllowed(delivery, stanzaPolicy);
    const admit = (deadline?: Deadline) => demandConnected(delivery, stanzaPolicy, dialect, deadline);
    const send = (deadline?: Deadline) => dialect.sendStanza(sender.jid, receiver.jid, input.stanza, deadline);
    if (once === undefined || key === undefined) {
      await admit();
      await send();
    } else {
      const parts = [formatJid(sender.jid), formatJid(receiver.jid), input.stanza];
      await once({ method: 'send_stanza', key, parts, admit, send });
    }
    return { code: 0 };
  },
});

function keyOf(value: string | undefined): IdempotencyKey | undefined {
  return value === undefined ? undefined : { source: 'idempotencyKey', value };
}

/** Refuses a caller's own key if no table keeps it, because the caller relies on it. */
function keyIssues(key: IdempotencyKey | undefined, isKept: boolean): readonly Issue[] {
  if (key === undefined || !isCallersOwn(key)) return [];
  if (!isKept) return [{ path: key.source, message: 'is not accepted: no EJABBERD_IDEMPOTENCY_TABLE is configured' }];
  return KEY_FORM.test(key.value) ? [] : [{ path: key.source, message: KEY_FORM_PROBLEM }];
}

/**
 * Parses the stanza. The XML parser is loaded here because the other six functions do not use it.
 *
 * @param others the other issues of the input
 * @throws InvalidInputError with status 413 if the stanza is too large, or with every issue of the input
 */
async function readWithin(maxBytes: number, text: string, others: readonly Issue[]): Promise<Stanza> {
  if (Buffer.byteLength(text) > maxBytes) {
    const message = `must have at most ${maxBytes} bytes of UTF-8 (EJABBERD_MAX_STANZA_BYTES)`;
    throw new InvalidInputError({ status: 413, issues: [{ path: 'stanza', message }, ...others] });
  }
  const { readStanza } = await import('rostbeef-layer/stanza');
  const result = readStanza(text);
  if ('stanza' in result && others.length === 0) return result.stanza;
  const problems = 'problems' in result ? result.problems : [];
  throw new InvalidInputError({ issues: [...problems.map((message) => ({ path: 'stanza', message })), ...others] });
}
