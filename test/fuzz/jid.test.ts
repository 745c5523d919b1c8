import fc from 'fast-check';
import { expect } from 'vitest';
import { formatJid, parseBareJid, parseJid } from '../../functions/layer/xmpp/jid.ts';
import { corpusOf } from './corpus.ts';
import { fuzz, mutated } from './fuzz.ts';

const WORDS =
  '@|/|.|..|xn--|XN--|ß|ẞ|İ|ı|ς|σ|ａ|＠|／|．|。|\u00ad|\u200b|\u0301|\u0316|\u0327\u0301|\u05bc|\u05d0|\u0660|\ufe0f|\ufeff|\u33c6|·|♥|ﬀ|²|\ud7b0|\u1100\u1161|\u2488|\ufdfa|[::1]|127.0.0.1|0x7f.1| |\t|\0|"|&|\'|:|<|>|é|\u{1F600}';

const corpus = corpusOf('jid').map(String);

fuzz<string>({
  name: 'a JID is prepared or refused',
  corpus,
  inputs: fc.oneof(
    mutated(corpusOf('jid'), WORDS.split('|')).map(String),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
  ),
  check(text) {
    const result = parseJid(text);
    if ('problem' in result) {
      expect(result.problem).toMatch(/^must (?:be|have) a [\w .,()&"'/:<>@-]+$/);
      return;
    }
    const { jid } = result;
    const formatted = formatJid(jid);
    // A prepared JID stays as it is: no spelling passes a check and becomes another one later.
    expect(parseJid(formatted)).toEqual({ jid });
    for (const part of Object.values(jid)) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(1023);
    expect(jid.domain).toMatch(/^[^@/\s]+$/);
    expect(jid.local).toMatch(/^[^@/\s]*$/);
    expect(formatted.isWellFormed()).toBe(true);
    expect('jid' in parseBareJid(text)).toBe(jid.resource === '' && jid.local !== '');
  },
});
