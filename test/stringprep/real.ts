/** Tests every accepted spelling on a release of ejabberd. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeEjabberd, describeInFull } from '../support/ejabberd/describe-ejabberd.ts';
import type { Release } from '../support/ejabberd/install.ts';
import { type RealEjabberd, startRealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import { askStringprep } from '../support/ejabberd/stringprep.ts';
import { IS_FULL } from '../support/full.ts';
import { parseTable } from './code-points.ts';
import { formsOf } from './forms.ts';
import { compositions, markPairs, randomSequences } from './sequences.ts';

const text = readFileSync(join(import.meta.dirname, 'ejabberd.txt'), 'utf8');
const table = parseTable(text);
const allowed = [...table].filter(([, { resource }]) => resource).map(([codePoint]) => String.fromCodePoint(codePoint));

/** `npm test` takes one text of ten. */
const EVERY = IS_FULL ? 1 : 10;

/** A local part or resource that users have, and the form that ejabberd keeps. */
const NAMES = [
  ['marcel·lí', 'marcel·lí'],
  ['צ׳רלי', 'צ׳רלי'],
  ['i♥xmpp', 'i♥xmpp'],
  ['€uro', '€uro'],
  ['a²', 'a2'],
  ['ﬀoo', 'ffoo'],
  ['Straße', 'strasse'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφοσ'],
  ['e\u0301ve', 'éve'],
  ['ｗｉｄｅ', 'wide'],
  ['o\u0301\u0323', 'ọ\u0301'],
  ['\u1112\u1161\u11ab', '한'],
] as const;

/** Compares the layer with the stringprep of this release, and tries names on its server. */
export async function stringprepOn(release: Release): Promise<void> {
  const describeRelease = release === '24.12' ? describeEjabberd : describeInFull;
  await describeRelease(release, `JIDs on ejabberd ${release}`, (root) => {
    it('are prepared as the checked-in table says, at both ends of each of its runs', async () => {
      const ends = text
        .trimEnd()
        .split('\n')
        .flatMap((line) => (line.split(' ')[0] ?? '').split('-').map((word) => Number.parseInt(word, 16)));
      const answers = await askStringprep(
        root,
        ends.map((codePoint) => String.fromCodePoint(codePoint)),
      );
      expect(answers).toEqual(ends.map((codePoint) => table.get(codePoint)));
    });

    it.each([
      ['composed of two characters', () => compositions(allowed)],
      ['with two marks on a letter', () => markPairs(allowed)],
      ['of random characters', () => randomSequences(allowed, 20_000)],
    ])('%s are to ejabberd what they are here, and stay so', { timeout: 120_000 }, async (_, sequences) => {
      const texts = sequences().filter((_, index) => index % EVERY === 0);
      const theirs = await askStringprep(root, texts);
      const own = texts.map(formsOf);
      const wrong = texts.filter((_, index) => {
        const [mine, other] = [own[index], theirs[index]];
        const isWrong = (part: 'local' | 'resource') => mine?.[part] !== undefined && mine[part] !== other?.[part];
        return isWrong('local') || isWrong('resource');
      });
      expect(wrong).toEqual([]);

      const locals = [...new Set(own.flatMap(({ local }) => local ?? []))];
      const resources = [...new Set(own.flatMap(({ resource }) => resource ?? []))];
      expect(Math.min(locals.length, resources.length)).toBeGreaterThan(texts.length / 20);
      expect((await askStringprep(root, locals)).map(({ local }) => local)).toEqual(locals);
      expect((await askStringprep(root, resources)).map(({ resource }) => resource)).toEqual(resources);
    });

    let server: RealEjabberd;
    beforeAll(async () => {
      server = await startRealEjabberd(root);
      await server.register('resources');
    });
    afterAll(() => server.stop());
    // The password says nothing of the name: ejabberd refuses some characters there.
    const register = (user: string) => server.command('register', { user, host: server.host, password: 'secret' });

    it.each(NAMES)('the user that registers as %s is %s, here and there', async (spelling, prepared) => {
      expect(formsOf(spelling).local).toBe(prepared);
      await register(spelling);
      const users = JSON.stringify(await server.command('registered_users', { host: server.host }));
      expect(users).toContain(JSON.stringify(prepared));
      const user = { user: prepared, host: server.host };
      expect(await server.command('check_account', user)).toEqual({ res: 0 });
      await server.unregister(prepared);
      expect(await server.command('check_account', user)).toEqual({ res: 1 });
    });

    it.each(NAMES)('a session with the resource %s is found', async (spelling) => {
      const client = await server.connect('resources', spelling);
      const told = JSON.stringify(await server.command('user_resources', { user: 'resources', host: server.host }));
      expect(told).toContain(JSON.stringify(formsOf(spelling).resource));
      await client.disconnect();
    });

    it.each(['\u{1f600}', 'a\u0378', 'אa', 'א1', 'a b', 'a"b', 'ａ＠ｂ'])(
      'ejabberd refuses the user %j too',
      async (spelling) => {
        expect(formsOf(spelling).local).toBeUndefined();
        const registered = () => server.command('registered_users', { host: server.host });
        const before = JSON.stringify(await registered());
        await expect(register(spelling)).rejects.toThrow('-118');
        expect(JSON.stringify(await registered())).toBe(before);
      },
    );
  });
}
