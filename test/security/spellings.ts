/** Spellings of JIDs, beside what ejabberd's own stringprep makes of them. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { parseJid } from '../../functions/layer/jid.ts';
import { codePoints, parseTable } from '../stringprep/code-points.ts';
import { askStringprep, type Prepared } from '../support/ejabberd/stringprep.ts';

const SEQUENCES = 20_000;

/** Characters whose sequences are odd: marks, jamo, digits of other scripts, both directions, what folds to several. */
const ODD = [
  ...Array.from({ length: 0x70 }, (_, index) => 0x300 + index),
  ...Array.from({ length: 0x80 }, (_, index) => 0x590 + index),
  ...Array.from({ length: 0x80 }, (_, index) => 0x1100 + index),
  ...[0xdf, 0x130, 0x131, 0x149, 0x1f0, 0x345, 0x37a, 0x390, 0x3c2, 0x587, 0x1e9e, 0x1f80, 0xfb00, 0xfb06, 0xfdfa],
  ...[0xac00, 0xd7a3, 0x3041, 0x3099, 0x309a, 0x9bc, 0x9d7, 0x1025, 0x102e, 0x660, 0x6f0, 0x966, 0x61, 0x41, 0x31],
];

const oneOf = (codes: readonly number[]) => fc.nat(codes.length - 1).map((index) => codes[index] ?? 0);
const character = (codes: readonly number[]) => oneOf(codes).map((code) => String.fromCodePoint(code));
const sequences = fc.oneof(
  fc.array(character(ODD), { minLength: 1, maxLength: 6 }),
  fc.array(fc.oneof(character(ODD), character(codePoints().filter((code) => code >= 0x20))), {
    minLength: 1,
    maxLength: 5,
  }),
);

/** Declares the test for one release, whose packages are unpacked in `root`. */
export function spellingsOn(root: string): void {
  let answers: readonly Prepared[];
  let texts: readonly string[];
  beforeAll(async () => {
    texts = fc.sample(sequences, SEQUENCES).map((parts) => parts.join(''));
    answers = await askStringprep(root, texts);
  });

  it('no accepted spelling means another JID to ejabberd than the one that is authorized', () => {
    const differing: string[] = [];
    let accepted = 0;
    for (const [index, text] of texts.entries()) {
      if (/[@/]/.test(text.normalize('NFKC'))) continue;
      const local = parseJid(`${text}@example.com`);
      const resource = parseJid(`a@example.com/${text}`);
      const answer = answers[index];
      if ('jid' in local) accepted += 1;
      if ('jid' in local && local.jid.local !== answer?.local) differing.push(`local ${JSON.stringify(text)}`);
      if ('jid' in resource && resource.jid.resource !== answer?.resource)
        differing.push(`resource ${JSON.stringify(text)}`);
    }
    expect(differing).toEqual([]);
    expect(accepted).toBeGreaterThan(SEQUENCES / 50);
  });

  it('what is sent stays as it is on the server', async () => {
    const sent = texts.flatMap((text) => {
      const result = parseJid(`${text}@example.com`);
      return 'jid' in result ? [result.jid.local] : [];
    });
    const again = await askStringprep(root, sent);
    expect(sent.filter((text, index) => again[index]?.local !== text)).toEqual([]);
  });
}

/** The table that is checked in, beside a release. */
export function tableOn(root: string, table: string): void {
  it('the checked-in table is that of the release, for a sample of code points', async () => {
    const known = parseTable(table);
    const sample = fc.sample(oneOf(codePoints()), 5_000);
    const answers = await askStringprep(
      root,
      sample.map((code) => String.fromCodePoint(code)),
    );
    expect(sample.filter((code, index) => JSON.stringify(known.get(code)) !== JSON.stringify(answers[index]))).toEqual(
      [],
    );
  });
}
