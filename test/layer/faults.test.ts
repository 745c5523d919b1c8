import { describe, expect, it } from 'vitest';
import { sendStanza } from '../../functions/layer/dialects/ejabberd/commands.ts';
import { meaningOf } from '../../functions/layer/dialects/faults.ts';
import { BadRequestError, RostbeefError } from '../../functions/layer/errors/index.ts';

/** The meaning of a fault, in a word. */
const meaning = (text: string, code = -118): string => {
  const result = meaningOf({ code, text });
  return result instanceof RostbeefError ? result.name : result;
};

/** A failed command's text, as ejabberd writes it: the reason, and every argument after it. */
const problem = (reason: string, argument = 'alice'): string =>
  `Error -118\nA problem '{error,${reason}}' occurred executing the command get_roster with arguments\n[{user,<<"${argument}">>}]`;

describe('a fault -118', () => {
  it.each([
    ['Error -118\nInvalid authentication data', 'credentials'],
    ['Error -118\nInvalid oauth token', 'credentials'],
    [problem('access_rules_unauthorized'), 'permission'],
    [problem('account_unprivileged'), 'permission'],
    [problem('"JID malformed"'), 'JidMalformedError'],
    [problem(`"Invalid 'user'/'server'"`), 'JidMalformedError'],
    [problem(`"Invalid 'localuser'/'localserver'"`), 'JidMalformedError'],
    [problem('not_found'), 'UndefinedConditionError'],
    [problem('<<"mismatched tag">>'), 'UndefinedConditionError'],
    ['Error -118\nsomething of another release', 'UndefinedConditionError'],
    ['', 'UndefinedConditionError'],
  ])('%j means %s', (text, expected) => {
    expect(meaning(text)).toBe(expected);
  });

  it.each(['<<"mismatched tag">>', '{unknown_tag,<<"foo">>,<<"jabber:client">>}'])(
    'of send_stanza for %s is a stanza that can not be read',
    (reason) => {
      const jid = { local: 'a', domain: 'xmpp.test', resource: '' };
      const { readFault } = sendStanza(jid, jid, '<message/>');
      expect(() => readFault?.({ code: -118, text: problem(reason, 'canary') })).toThrow(BadRequestError);
      expect(readFault?.({ code: -116, text: problem(reason) })).toBeUndefined();
    },
  );

  it.each([
    'Error -118\nInvalid authentication data',
    "A problem '{error,access_rules_unauthorized}'",
    problem('account_unprivileged'),
  ])('is not mistaken for another by what a caller wrote: %j', (argument) => {
    expect(meaning(problem('not_found', argument))).toBe('UndefinedConditionError');
  });

  it('is never quoted', () => {
    for (const reason of ['not_found', '"JID malformed"', '<<"canary">>']) {
      const error = meaningOf({ code: -118, text: problem(reason, 'canary') });
      expect(error).toBeInstanceOf(RostbeefError);
      expect(JSON.stringify([String(error), error])).not.toContain('canary');
    }
  });
});

describe('another fault', () => {
  it.each([-112, -114, -116, -120, -122, -1, 1])('%i keeps its code, and not its text', (code) => {
    const error = meaningOf({ code, text: 'Error: canary' });
    expect(error).toMatchObject({ name: 'UndefinedConditionError', code });
    expect(String(error)).not.toContain('canary');
  });
});
