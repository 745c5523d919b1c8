import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the corpus reaches every piece of the code that reads what others write', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'coverage.ts')]);
  // What no input is known to reach: an error of the XML parser's that is none of its own.
  expect(JSON.parse(stdout)).toEqual({ files: 9, missed: ['stanza.ts: throw error;'] });
});
