/**
 * Writes what is checked in and derived from the catalogues of methods and errors: `docs/openapi.json`, the pages of
 * reference, and the client's types and errors. `npm run generate` runs it; the tests hold the files to what it would write.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clientErrors } from './client-errors.ts';
import { clientTypes } from './client-types.ts';
import { runCommand } from './command/command.ts';
import { openApi } from './openapi.ts';
import { errorsPage } from './reference/errors-page.ts';
import { methodsPage } from './reference/methods-page.ts';

/** Every generated file by its path in the project, with its content. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'docs/openapi.json': `${JSON.stringify(openApi(), null, 2)}\n`,
    'docs/errors.md': errorsPage(),
    'docs/methods.md': methodsPage(),
    'client/src/generated/methods.ts': clientTypes(),
    'client/src/generated/errors.ts': clientErrors(),
  };
}

async function main(): Promise<undefined> {
  const root = new URL('../', import.meta.url);
  for (const [path, content] of Object.entries(generatedFiles())) {
    await writeFile(fileURLToPath(new URL(path, root)), content);
    console.log(path);
  }
  return undefined;
}

if (import.meta.main) {
  await runCommand(
    {
      name: 'npm run generate',
      summary:
        'Writes the files that follow from the catalogues of methods and errors: the OpenAPI document, the reference pages, ' +
        'and the types of the client. Prints their paths.',
      options: {},
      example: '',
    },
    main,
  );
}
