/** Lambda's limit for all variables of a function together. */
export const ENVIRONMENT_LIMIT_BYTES = 4096;

/**
 * The bytes that variables take of Lambda's 4 KB. Lambda measures their names and values as JSON.
 *
 * @param variables by name
 */
export function environmentBytes(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(variables));
}

/**
 * The variables that take the most, largest first, until the others fit into the limit.
 *
 * @param variables by name
 * @param limit bytes that all of them may take
 * @returns names and bytes; empty if everything fits
 * @example
 * tooLarge({ EJABBERD_SERVERS: 'a'.repeat(5000), EJABBERD_URL: 'http://10.0.0.1:4560/' }) // [['EJABBERD_SERVERS', 5021]]
 */
export function tooLarge(
  variables: Readonly<Record<string, string>>,
  limit = ENVIRONMENT_LIMIT_BYTES,
): readonly (readonly [name: string, bytes: number])[] {
  const sizes = Object.entries(variables)
    .map(([name, value]) => [name, environmentBytes({ [name]: value }) - 1] as const)
    .sort(([, a], [, b]) => b - a);
  let rest = environmentBytes(variables);
  const found: (typeof sizes)[number][] = [];
  for (const size of sizes) {
    if (rest <= limit) break;
    found.push(size);
    rest -= size[1];
  }
  return found;
}
