import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJid } from '../../functions/layer/xmpp/jid.ts';
import { prepareDomain, prepareLocal } from '../../functions/layer/xmpp/jid-parts.ts';
import { codePoints, parseTable } from '../stringprep/code-points.ts';
import { formsOf } from '../stringprep/forms.ts';

const table = parseTable(readFileSync(join(import.meta.dirname, '../stringprep/ejabberd.txt'), 'utf8'));

describe('each code point, by the table that ejabberd’s own stringprep gave', () => {
  it('is in the table', () => {
    expect([...table.keys()]).toEqual(codePoints());
  });

  it('becomes in a local part and in a resource what ejabberd makes of it, or is refused as there', () => {
    const others = [...table].filter(([codePoint, theirs]) => {
      const own = formsOf(String.fromCodePoint(codePoint));
      return own.local !== (theirs.local || undefined) || own.resource !== (theirs.resource || undefined);
    });
    // ㏆ becomes C∕kg, which the server reads as c∕kg: nothing that is sent means that local part.
    expect(others.map(([codePoint]) => codePoint)).toEqual([0x33c6]);
  });

  it('becomes in a domain what ejabberd makes of it, or is in no host name', () => {
    const others = [...table].filter(([codePoint, theirs]) => {
      const own = prepareDomain(String.fromCodePoint(codePoint));
      return typeof own === 'string' && own !== theirs.domain;
    });
    expect(others).toEqual([]);
    expect(['ß', 'é', 'א', '中', 'a', '5'].map(prepareDomain)).toEqual(['ss', 'é', 'א', '中', 'a', '5']);
  });

  it('is refused in a local part, domain and resource if ejabberd drops it there', () => {
    const dropped = [...table].filter(([, { local }]) => local === '').map(([codePoint]) => codePoint);
    expect(dropped).toHaveLength(27);
    for (const codePoint of dropped) {
      const character = String.fromCodePoint(codePoint);
      for (const text of [character, `a${character}`, `${character}é`]) {
        expect(prepareLocal(text)).toEqual({ problem: expect.stringContaining('invisible') });
        expect(prepareDomain(text)).toEqual({ problem: expect.stringContaining('invisible') });
        expect(parseJid(`a@b/${text}`)).toEqual({ problem: expect.stringContaining('invisible') });
      }
    }
  });

  it('is refused above the last that the table has', () => {
    for (const codePoint of [0x323b0, 0xe0fff, 0xf0000, 0x10ffff, 0xd800, 0xdfff]) {
      expect(prepareLocal(String.fromCodePoint(codePoint))).toHaveProperty('problem');
    }
  });
});
