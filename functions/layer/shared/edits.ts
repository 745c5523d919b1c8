/**
 * Returns the Levenshtein distance: the number of characters to insert, delete or replace.
 *
 * @example
 * edits('EJABERD_URL', 'EJABBERD_URL') // 1
 */
export function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + Number(other[column - 1] !== character);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
