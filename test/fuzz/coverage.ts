/** Reads the whole corpus, and prints which pieces of the readers' code it has not reached. A process of its own. */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpusOf } from './corpus.ts';

const layer = join(import.meta.dirname, '../../functions/layer');
const FILES = [
  'xmlrpc/decode.ts',
  'xmlrpc/scanner.ts',
  'xmpp/stanza.lazy.ts',
  'xmpp/jid.ts',
  'xmpp/jid-parts.ts',
  'xmpp/a-labels.ts',
  'xmpp/stringprep.ts',
  'events/detect.ts',
];

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const { decodeResponse } = await import('../../functions/layer/xmlrpc/decode.ts');
const { readStanza } = await import('../../functions/layer/xmpp/stanza.lazy.ts');
const { formatJid, parseBareJid, parseJid, preparedDomainOf, sameJid, splitJid } = await import(
  '../../functions/layer/xmpp/jid.ts'
);
const { detectSource } = await import('../../functions/layer/events/detect.ts');

for (const answer of corpusOf('answer')) {
  try {
    decodeResponse(answer);
  } catch {
    // It was refused, as most are.
  }
}
for (const stanza of corpusOf('stanza')) readStanza(String(stanza));
for (const text of corpusOf('jid').map(String)) {
  const result = parseJid(text);
  parseBareJid(text);
  splitJid(text);
  preparedDomainOf(text);
  if ('jid' in result) sameJid(text, formatJid(result.jid));
}
for (const event of corpusOf('event')) detectSource(JSON.parse(String(event)));

const { result } = await session.post('Profiler.takePreciseCoverage');
const missed = FILES.flatMap((file) => {
  const path = join(layer, file);
  const source = readFileSync(path, 'utf8');
  const functions = result.find(({ url }) => url.startsWith('file:') && fileURLToPath(url) === path)?.functions ?? [];
  const ranges = functions.flatMap(({ ranges }) => ranges).filter(({ count }) => count === 0);
  return ranges.map(
    ({ startOffset, endOffset }) => `${file}: ${source.slice(startOffset, endOffset).replace(/\s+/g, ' ').trim()}`,
  );
});
console.log(JSON.stringify({ files: FILES.length, missed: missed.filter((text) => !/: [\s{};]*$/.test(text)) }));
