/** The CPU time of one hostile input, by shape and size: within the caps it is linear in the bytes, and small. */
import { catalogue, type MethodName } from 'rostbeef-layer';
import { UNAVAILABLE } from '../../functions/layer/dialects/dialect.ts';
import { httpSource as http } from '../../functions/layer/events/api-gateway.ts';
import type { MethodContext } from '../../functions/layer/methods/define-method.ts';
import { createEncoder } from '../../functions/layer/xmlrpc/encode.ts';
import { writeForm } from '../../functions/layer/xmlrpc/forms.lazy.ts';
import { interleaved, median } from './measure.ts';
import { type Bench, duration, type Figure } from './table.ts';

/** The caps of DESIGN's contract: of a stanza, and of a JSON body. */
const STANZA_BYTES = 262_144;
const BODY_BYTES = 1_048_576;

const MOST_MS = 50;
/** Twice the bytes may take this many times as long. */
const MOST_GROWTH = 2.8;

const fill = (unit: string, bytes: number) => unit.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(unit))));
const inMessage = (content: string) => `<message>${content}</message>`;
const nested = (levels: number, content: string) =>
  `${'<a xmlns:p="urn:p">'.repeat(levels)}${content}${'</a>'.repeat(levels)}`;
const attributes = Array.from({ length: 60 }, (_, index) => ` p:a${index}="${index}"`).join('');

/** The content of a hostile stanza. */
const STANZAS: Readonly<Record<string, (bytes: number) => string>> = {
  text: (bytes) => inMessage(fill('Lunch? ', bytes)),
  'text that is not ASCII': (bytes) => inMessage(fill('🎭é', bytes)),
  'entities, refused at the end': (bytes) => `${inMessage(fill('&amp;', bytes))}<`,
  'character references': (bytes) => inMessage(fill('&#x1F600;', bytes)),
  'ends of sections': (bytes) => inMessage(fill(']]&gt;', bytes)),
  sections: (bytes) => inMessage(fill('<![CDATA[<a>]]>', bytes)),
  'carriage returns': (bytes) => inMessage(fill('\r', bytes)),
  'empty elements below 30 levels': (bytes) => inMessage(nested(30, fill('<b/>', bytes - 1_000))),
  'prefixed elements below 30 levels': (bytes) => inMessage(nested(30, fill('<p:b/>', bytes - 1_000))),
  'unknown prefixes': (bytes) => inMessage(fill('<q:b/>', bytes)),
  'elements with 60 attributes': (bytes) => inMessage(`<a xmlns:p="urn:p">${fill(`<b${attributes}/>`, bytes)}</a>`),
  'one long attribute': (bytes) => `<message a="${fill('&lt;x', bytes)}"/>`,
  'one long name': (bytes) => inMessage(`<${fill('a', bytes)}/>`),
  'elements one in another': (bytes) => inMessage(fill('<a>', bytes)),
  'bare ampersands': (bytes) => inMessage(fill('& ', bytes)),
  'an ampersand and open sections': (bytes) => inMessage(`&${fill('<![CDATA[', bytes)}`),
  'open comments': (bytes) => inMessage(fill('<!--', bytes)),
  'line feeds': (bytes) => inMessage(fill('\n', bytes)),
};

/** The content of a hostile JSON body. */
const BODIES: Readonly<Record<string, (bytes: number) => string>> = {
  'nested lists': (bytes) => fill('[', bytes),
  'unknown members': (bytes) => {
    const members = Array.from({ length: Math.floor(bytes / 12) }, (_, index) => `"m${index}":0`);
    return `{${members.join(',')}}`;
  },
  'a long JID': (bytes) => JSON.stringify({ user: fill('ß', bytes - 100), server: 'example.com' }),
  'a long domain': (bytes) => JSON.stringify({ user: 'a', server: fill('ü.', bytes - 100) }),
  'escapes in a JID': (bytes) => `{"user":"${fill('\\u00ad', bytes - 100)}","server":"example.com"}`,
};

const encode = createEncoder(writeForm);

const methodNamed = (name: MethodName) => {
  const method = catalogue.find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
};

/** Everything of a call but the exchange with the server: the stanza is written as it would be sent. */
const context: MethodContext = {
  demand: async () => undefined,
  covers: () => true,
  maxStanzaBytes: STANZA_BYTES,
  once: undefined,
  stanzaPolicy: { rule: 'users', listsDomain: () => false, ownAccount: async () => undefined },
  dialect: {
    linkContacts: async () => undefined,
    unlinkContacts: async () => ({ isUnverified: false }),
    getRoster: async () => [],
    getRosterWithPresence: async (_, select) => ({ part: select([]), presences: [] }),
    isForeign: async () => false,
    getPresence: async (user) => ({ ...UNAVAILABLE, user }),
    getResources: async () => [],
    connectedResources: async () => [],
    sendStanza: async (_, __, stanza) => void encode('send_stanza', [{ from: 'a', to: 'b', stanza }]),
  },
};

const sent = async (stanza: string) => {
  const input = { from: 'alice@example.com', to: 'bob@example.com', stanza };
  await methodNamed('send_stanza')
    .call(input, context)
    .catch(() => undefined);
};

const posted = async (body: string) => {
  try {
    const { input } = http.read({ httpMethod: 'POST', requestContext: {}, headers: {}, body }, BODY_BYTES);
    await methodNamed('get_presence').call(input, context);
  } catch {
    // Hostile input is refused; what counts is how long that takes.
  }
};

/** The time at the cap, and how it grew over the last doubling. */
async function timed(take: (text: string) => Promise<void>, whole: string, half: string, rounds: number) {
  await take(half);
  const times = await interleaved({ whole: () => take(whole), half: () => take(half) }, { rounds, clock: 'cpu' });
  return { ms: median(times.whole), growth: median(times.whole) / Math.max(median(times.half), 0.5) };
}

export const bench: Bench = {
  name: 'hostile',
  title: 'Hostile input',
  async run(scale) {
    const [rounds, share] = scale === 'full' ? [20, 1] : [1, 1 / 64];
    const kinds = [
      ...Object.entries(STANZAS).map(([name, make]) => ({
        name: `a stanza of ${name}`,
        make,
        take: sent,
        cap: STANZA_BYTES,
      })),
      ...Object.entries(BODIES).map(([name, make]) => ({
        name: `a body of ${name}`,
        make,
        take: posted,
        cap: BODY_BYTES,
      })),
    ];
    const figures: Figure[] = [];
    for (const { name, make, take, cap } of kinds) {
      const bytes = Math.floor(cap * share) - 100;
      const { ms, growth } = await timed(take, make(bytes), make(bytes / 2), rounds);
      figures.push({
        what: `${name}, ${bytes} bytes`,
        target: `<= ${MOST_MS} ms, <= ${MOST_GROWTH} x for twice the bytes`,
        measured: `${duration(ms)}, ${growth.toPrecision(2)} x`,
        met: ms <= MOST_MS && growth <= MOST_GROWTH,
      });
    }
    return { figures };
  },
};
