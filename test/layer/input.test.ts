import { getPresence, InvalidInputError } from 'rostbeef-layer';
import { expect, it } from 'vitest';
import { parseInput } from '../../functions/layer/methods/validation.ts';

it('an input of more unknown members than an answer could name has some of them named, and all counted', () => {
  const members = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`m${index}`, 0]));
  let error: unknown;
  try {
    parseInput(
      { name: 'get_presence', schema: getPresence.input() },
      { user: 'alice', server: 'example.com', ...members },
    );
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof InvalidInputError)) throw new Error('it was taken');
  expect(error.issues).toHaveLength(21);
  expect(error.issues?.at(-1)).toEqual({ path: '', message: 'the input has 200000 unknown members' });
  expect(error.message.length).toBeLessThan(4_000);
});
