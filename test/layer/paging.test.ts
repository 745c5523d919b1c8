import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RosterItem } from '../../functions/layer/dialects/dialect.ts';
import { InvalidInputError } from '../../functions/layer/errors/index.ts';
import { pageAfter } from '../../functions/layer/methods/paging.ts';

const owner = { local: 'alice', domain: 'example.com', resource: '' };
const bob = { ...owner, local: 'bob' };

/** A roster of these contacts, sorted as the dialects sort. */
const rosterOf = (names: Iterable<string>): RosterItem[] =>
  [...new Set(names)]
    .map((name) => `${name}@example.com`)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((jid) => ({ jid, nick: '', groups: [], subscription: 'both', pending: 'none' }));

const tokenAfter = (name: string): string => {
  const { nextToken } = pageAfter({ maxResults: 1 }, owner)(rosterOf([name, `${name}~`]));
  if (nextToken === undefined) throw new Error('there is a next page');
  return nextToken;
};

describe('the pages of a roster', () => {
  it('hold what was there from the first page to the last exactly once, whatever else comes and goes', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,2}$/), { maxLength: 30 });
    fc.assert(
      fc.property(
        names,
        fc.array(names, { minLength: 60, maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (stay, passing, maxResults) => {
          const seen: string[] = [];
          let nextToken: string | undefined;
          for (const guests of passing) {
            const page = pageAfter({ maxResults, nextToken }, owner)(rosterOf([...stay, ...guests]));
            expect(page.items.length).toBeLessThanOrEqual(maxResults);
            seen.push(...page.items.map(({ jid }) => jid));
            nextToken = page.nextToken;
            if (nextToken === undefined) break;
          }
          expect(new Set(seen).size).toBe(seen.length);
          if (nextToken === undefined)
            expect(seen).toEqual(expect.arrayContaining(rosterOf(stay).map(({ jid }) => jid)));
        },
      ),
    );
  });

  it('end with the one after which there is nothing', () => {
    expect(pageAfter({ maxResults: 2 }, owner)(rosterOf(['a', 'b']))).not.toHaveProperty('nextToken');
    expect(pageAfter({ maxResults: 1, nextToken: tokenAfter('b') }, owner)(rosterOf(['a']))).toEqual({ items: [] });
  });
});

describe('a token', () => {
  const refusal =
    (nextToken: string, of = owner) =>
    () =>
      pageAfter({ nextToken }, of);

  it('is good for the roster that it is of', () => {
    expect(refusal(tokenAfter('b'))).not.toThrow();
    expect(refusal(tokenAfter('b'), bob)).toThrow(InvalidInputError);
  });

  it.each([
    ['nothing', ''],
    ['nonsense', 'nonsense'],
    ['white space around it', ` ${tokenAfter('b')}`],
    ['padding', `${tokenAfter('b')}==`],
    ['a character too many', `${tokenAfter('b')}!`],
    ['what it might hold, made up', Buffer.from('1\nalice@example.com\nb@example.com').toString('base64url')],
  ])('of %s is refused', (_, token) => {
    expect(refusal(token)).toThrow(InvalidInputError);
  });

  it('that was cut, or altered anywhere, is refused', () => {
    const token = tokenAfter('b');
    for (let at = 0; at < token.length; at += 1) {
      expect(refusal(token.slice(0, at)), token.slice(0, at)).toThrow(InvalidInputError);
      const altered = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(refusal(altered), altered).toThrow(InvalidInputError);
    }
  });
});
