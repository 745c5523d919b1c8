/** Decodes an answer, compared with the package `xmlrpc`'s own deserializer and with `JSON.parse`, by the size of a roster. */
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Deserializer from 'xmlrpc/lib/deserializer.js';
import { decodeResponse } from '../../functions/layer/xmlrpc/decode.ts';
import { interleaved, median, ratio } from './measure.ts';
import { type Letters, rosterAnswer, type Shape } from './rosters.ts';
import { atLeast, atMost, type Bench, type Curve, duration, type Figure, shown } from './table.ts';

const TARGET = { ascii: 12, 'non-ascii': 9 } as const;

/** Contacts, and how often each reader reads them. */
const SIZES = {
  full: [
    [100, 41],
    [1_000, 15],
    [10_000, 7],
    [50_000, 3],
  ],
  tiny: [[100, 1]],
} as const;

export const bench: Bench = {
  name: 'decode',
  title: 'Decoding',
  async run(scale) {
    const figures: Figure[] = [];
    const curves: Curve[] = [];
    for (const shape of ['23.01', '24.12'] as const) {
      for (const letters of ['ascii', 'non-ascii'] as const) {
        const lines = { 'package xmlrpc': [], 'these functions': [], 'JSON.parse': [] } as Record<
          string,
          [number, number][]
        >;
        const perContact: number[] = [];
        for (const [contacts, rounds] of SIZES[scale]) {
          const times = await timesOf(shape, contacts, letters, rounds);
          const what = `decode a roster of ${contacts} (${shape}, ${letters}), compared with package xmlrpc`;
          figures.push(atLeast(TARGET[letters], ratio(times.byPackage, times.ours), what));
          lines['package xmlrpc']?.push([contacts, median(times.byPackage)]);
          lines['these functions']?.push([contacts, median(times.ours)]);
          lines['JSON.parse']?.push([contacts, median(times.json)]);
          perContact.push(median(times.ours) / contacts);
        }
        figures.push(
          atMost(
            1.6,
            Math.max(...perContact) / Math.min(...perContact),
            `linear: time a contact, most to least (${shape}, ${letters})`,
            `, ${duration(median(perContact))} a contact`,
          ),
        );
        if (letters === 'ascii')
          curves.push({
            file: `decode-${shape}`,
            title: `Decoding a roster of ejabberd ${shape}`,
            x: 'contacts',
            y: 'CPU ms',
            lines,
          });
      }
      figures.push(...memoryOf(shape, scale === 'full' ? 50_000 : 1_000));
    }
    return { figures, curves };
  },
};

function timesOf(shape: Shape, contacts: number, letters: Letters, rounds: number) {
  const body = rosterAnswer(shape, contacts, letters);
  const json = JSON.stringify(decodeResponse(body));
  const subjects = {
    ours: () => decodeResponse(body),
    json: () => JSON.parse(json),
    byPackage: () => byPackage(body),
  };
  return interleaved(subjects, { rounds, clock: 'cpu' });
}

/** The result of the package for a response. */
function byPackage(xml: Buffer): Promise<unknown> {
  return new Promise((resolve, reject) => {
    new Deserializer().deserializeMethodResponse(Readable.from([xml], { objectMode: false }), (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
}

/** With the body, as nothing that is needed no more is collected; and what of it stays. */
function memoryOf(shape: Shape, contacts: number): readonly Figure[] {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const body = rosterAnswer(shape, contacts);
  collect();
  const before = held();
  const response = decodeResponse(body);
  const after = held();
  collect();
  const kept = held();
  const isResult = response.kind === 'result';
  return [
    atMost(
      3,
      isResult ? 1 + (after - before) / body.length : Number.NaN,
      `peak memory, compared with the body’s size, ${contacts} contacts (${shape})`,
    ),
    shown(
      `memory that the result keeps, compared with the body’s size (${shape})`,
      `${((kept - before) / body.length).toFixed(2)} x`,
    ),
  ];
}

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
