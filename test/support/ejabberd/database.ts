/** The database of an ejabberd that keeps its data in SQL. */
import { access, readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { pathIn } from './paths.ts';

/**
 * Creates a database with ejabberd's own schema, unless there is one already.
 *
 * @param root the folder that the packages of ejabberd are unpacked in
 */
export async function createDatabase(root: string, file: string): Promise<void> {
  if (await exists(file)) return;
  const schema = await readFile(await pathIn(root, 'usr/share/ejabberd/sql/lite.sql'), 'utf8');
  const database = new DatabaseSync(file);
  try {
    database.exec(schema);
  } finally {
    database.close();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
