/** Runs a property on the corpus, and then on what a generator makes of it, as long as there is time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** One folder of `corpus`, and what must hold of every input like those. */
export interface Target<T> {
  readonly name: string;
  readonly corpus: readonly T[];
  readonly inputs: fc.Arbitrary<T>;
  check(input: T): void | Promise<void>;
}

/** Seconds for each target; so many by `FUZZ_SECONDS`, which is for all of them. */
const TARGETS = 5;
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 6) / TARGETS;

/** No input of this size takes longer, even on a busy machine. */
const LONGEST_MS = 1_000;

/** Two tests: the corpus, and what is found from it. An input that is found to fail belongs into the corpus. */
export function fuzz<T>({ name, corpus, inputs, check }: Target<T>): void {
  const timed = async (input: T) => {
    const started = performance.now();
    await check(input);
    expect(performance.now() - started).toBeLessThan(LONGEST_MS);
  };

  it(`${name}: the corpus`, async () => {
    expect(corpus.length).toBeGreaterThan(10);
    for (const input of corpus) await timed(input);
  });

  it(`${name}: inputs made from it`, { timeout: SECONDS * 2_000 + 20_000 }, async () => {
    let runs = 0;
    const property = fc.asyncProperty(inputs, async (input) => {
      runs += 1;
      await timed(input);
    });
    const interruptAfterTimeLimit = SECONDS * 1_000;
    await fc.assert(property, {
      numRuns: Number.POSITIVE_INFINITY,
      interruptAfterTimeLimit,
      markInterruptAsFailure: false,
    });
    console.log(`fuzz: ${name}, ${runs} inputs`);
    expect(runs).toBeGreaterThan(100);
  });
}

type Edit = (bytes: Buffer, other: Buffer) => Buffer;

/** Inputs of the corpus, altered here and there: cut, doubled, spliced into each other, with what the grammar knows put in. */
export function mutated(corpus: readonly Buffer[], words: readonly string[]): fc.Arbitrary<Buffer> {
  // Not fc.double: it spreads over what a double can be, so that nearly all would be next to 0.
  const place = fc.nat(999_999).map((millionths) => millionths / 1_000_000);
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ at: place, to: place }).map(
      ({ at, to }): Edit =>
        (bytes) =>
          without(bytes, at, to / 8),
    ),
    fc.record({ at: place, to: place, times: fc.integer({ min: 2, max: 20 }) }).map(
      ({ at, to, times }): Edit =>
        (bytes) =>
          inserted(bytes, at, Buffer.concat(Array.from({ length: times }, () => part(bytes, at, to / 8)))),
    ),
    fc.record({ at: place, word: fc.constantFrom(...words) }).map(
      ({ at, word }): Edit =>
        (bytes) =>
          inserted(bytes, at, Buffer.from(word)),
    ),
    fc.record({ at: place, byte: fc.nat(255) }).map(
      ({ at, byte }): Edit =>
        (bytes) =>
          inserted(without(bytes, at, 0), at, Buffer.of(byte)),
    ),
    fc.record({ at: place, from: place, to: place }).map(
      ({ at, from, to }): Edit =>
        (bytes, other) =>
          inserted(bytes, at, part(other, from, to)),
    ),
  );
  return fc
    .record({
      one: fc.constantFrom(...corpus),
      other: fc.constantFrom(...corpus),
      edits: fc.array(edit, { maxLength: 4 }),
    })
    .map(({ one, other, edits }) => edits.reduce((bytes, apply) => apply(bytes, other), one));
}

function part(bytes: Buffer, at: number, share: number): Buffer {
  const start = Math.floor(at * bytes.length);
  return bytes.subarray(start, start + 1 + Math.floor(share * bytes.length));
}

function without(bytes: Buffer, at: number, share: number): Buffer {
  const gone = part(bytes, at, share);
  const start = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + gone.length)]);
}

function inserted(bytes: Buffer, at: number, what: Buffer): Buffer {
  const start = Math.floor(at * bytes.length);
  return Buffer.concat([bytes.subarray(0, start), what, bytes.subarray(start)]);
}
