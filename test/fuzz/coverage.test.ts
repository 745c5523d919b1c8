import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the corpus reaches every piece of the code that reads what others write', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'coverage.ts')]);
  const { files, missed } = JSON.parse(stdout);
  expect(files).toBe(8);
  // No input is known to make the XML parser throw an error of its own.
  expect(missed).toEqual([expect.stringContaining('stanza.lazy.ts')]);
});
