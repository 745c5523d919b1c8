import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect } from 'vitest';
import { TransportError } from '../../functions/layer/xmlrpc/errors.ts';
import { ResponseReader } from '../../functions/layer/xmlrpc/http-response.ts';
import { corpusOf } from './corpus.ts';
import { fuzz, mutated } from './fuzz.ts';

const WORDS =
  'HTTP/1.1 200 OK|HTTP/1.0 |HTTP/1.1 100 Continue\r\n\r\n|\r\n|\r\n\r\n|\n|\r|\0|:| |\t|,|;|0\r\n\r\n|\r\n0\r\n|5\r\nhello|ffffffff\r\n|' +
  'Content-Length: 5|Content-Length: |Content-Length: 1001|Transfer-Encoding: chunked|Transfer-Encoding: |chunked|gzip|' +
  'Connection: close|Connection: keep-alive|Content-Encoding: gzip|Upgrade: x|Trailer: x|X: y|é|\u007f|+|-|0x';

const MOST_BYTES = 1_000;

type Outcome = { readonly body: string; readonly isReusable: boolean } | 'cut off' | { readonly refused: string };

/** What becomes of a response that comes in pieces of such sizes, over and over, and then ends. */
function outcomeOf(bytes: Buffer, sizes: readonly number[]): Outcome {
  const reader = new ResponseReader(MOST_BYTES);
  try {
    let isWhole = false;
    for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? bytes.length;
      isWhole = reader.read(bytes.subarray(at, at + size));
      at += size;
    }
    if (!isWhole && !reader.end()) return 'cut off';
    return { body: reader.body.toString('latin1'), isReusable: reader.isReusable };
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    expect(error).toMatchObject({ kind: 'malformed', sent: true });
    return { refused: error.message };
  }
}

/** Node.js' own parser, which it has for itself. */
interface Parser {
  initialize(type: number, resource: object): void;
  execute(bytes: Buffer): number | Error;
  finish(): undefined | Error;
  [callback: number]: unknown;
}
interface ParserClass {
  new (): Parser;
  readonly RESPONSE: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}
const { HTTPParser }: { readonly HTTPParser: ParserClass } = createRequire(import.meta.url)('_http_common');

/** The first response that is no interim one, as Node.js reads it; `undefined` where it reads none. */
function byNode(bytes: Buffer): { readonly body: string; readonly isKept: boolean } | undefined {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {});
  const responses: { body: string; isKept: boolean }[] = [];
  let status = 0;
  let isKept = false;
  let body = '';
  parser[HTTPParser.kOnHeadersComplete] = (...of: readonly unknown[]) => {
    status = Number(of[5]);
    isKept = of[8] === true;
    const hasNoBody = status >= 100 && status < 200;
    return hasNoBody ? 1 : 0;
  };
  parser[HTTPParser.kOnBody] = (part: Buffer) => {
    body += part.toString('latin1');
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (status === 200) responses.push({ body, isKept });
    body = '';
  };
  parser.execute(bytes);
  if (responses.length === 0) parser.finish();
  return responses[0];
}

const corpus = corpusOf('response');

fuzz<readonly [Buffer, readonly number[]]>({
  name: 'an HTTP response is read as Node.js reads it, or refused',
  corpus: corpus.flatMap((bytes) => [1, 7, 16_384, 1_000_000].map((size) => [bytes, [size]] as const)),
  inputs: fc.tuple(
    mutated(corpus, WORDS.split('|')),
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 9 }),
  ),
  check([bytes, sizes]) {
    const outcome = outcomeOf(bytes, sizes);
    if (typeof outcome !== 'string' && 'body' in outcome) {
      const theirs = byNode(bytes);
      expect(theirs?.body).toBe(outcome.body);
      if (outcome.isReusable) expect(theirs).toMatchObject({ isKept: true });
    }
    const whole = outcomeOf(bytes, []);
    // What comes behind a whole answer may come later, and then is none of this exchange.
    if (typeof whole !== 'string' && 'body' in whole) expect(outcome).toMatchObject({ body: whole.body });
    else expect(outcome).toEqual(whole);
  },
});
