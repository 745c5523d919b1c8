import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJid, prepareLocal } from '../../functions/layer/jid.ts';
import { stringprep } from '../../functions/layer/stringprep.ts';
import { parseTable } from '../stringprep/code-points.ts';

/** What ejabberd's own stringprep makes of every code point: see `npm run stringprep`. */
const table = parseTable(readFileSync(join(import.meta.dirname, '../stringprep/ejabberd.txt'), 'utf8'));

const textOf = (result: ReturnType<typeof stringprep>) => ('text' in result ? result.text : undefined);
const shown = (codePoint: number) => `U+${codePoint.toString(16)}`;

describe('every code point up to U+323AF, and the tags and variation selectors', () => {
  const nonAscii = [...table].filter(([codePoint]) => codePoint > 0x7f);

  it('is in the table', () => {
    expect(table.size).toBe(0x323b0 - 0x800 + 0x200);
  });

  it.each([
    ['a local part', true, 'local'],
    ['a resource', false, 'resource'],
  ] as const)('becomes in %s what ejabberd makes of it, or is refused', (_, foldsCase, part) => {
    const differing: string[] = [];
    for (const [codePoint, prepared] of nonAscii) {
      const ours = textOf(stringprep(String.fromCodePoint(codePoint), { foldsCase, maxUnits: 100 }));
      // ASCII that a local part must not hold is judged after this.
      const theirs = part === 'local' ? prepared.domain : prepared.resource;
      if (ours !== undefined && ours !== theirs) differing.push(shown(codePoint));
    }
    expect(differing).toEqual([]);
  });

  it('is refused by us only if ejabberd refuses or drops it, or folds it a second time', () => {
    const refused: string[] = [];
    for (const [codePoint, prepared] of nonAscii) {
      const text = String.fromCodePoint(codePoint);
      const result = stringprep(text, { foldsCase: true, maxUnits: 100 });
      const isRightToLeft = 'problem' in result && result.problem === 'direction';
      if ('problem' in result && !isRightToLeft && prepared.domain) refused.push(shown(codePoint));
    }
    expect(refused).toEqual(['U+33c6']);
  });

  it('never stands in a local part as one of the characters that have a meaning in a JID', () => {
    const meant: string[] = [];
    for (const [codePoint] of table) {
      const local = prepareLocal(`a${String.fromCodePoint(codePoint)}b`);
      if (typeof local === 'string' && /["&'/:<>@\s]/.test(local)) meant.push(shown(codePoint));
    }
    expect(meant).toEqual([]);
  });

  it('is prepared once for good', () => {
    const moving: string[] = [];
    for (const [codePoint] of table) {
      const text = `a${String.fromCodePoint(codePoint)}`;
      if (/[@/]/.test(text)) continue;
      const result = parseJid(`${text}@example.com/${text}`);
      if ('problem' in result) continue;
      const { local, domain, resource } = result.jid;
      const again = parseJid(`${local}@${domain}/${resource}`);
      if (!('jid' in again) || again.jid.local !== local || again.jid.resource !== resource)
        moving.push(shown(codePoint));
    }
    expect(moving).toEqual([]);
  });
});
