/** Lambda’s limit for all environment variables of a function together. */
export const ENVIRONMENT_LIMIT_BYTES = 4096;

/**
 * Counts the bytes that variables take of Lambda’s 4 KB. Lambda measures names and values as one JSON object.
 *
 * @param variables values by name
 * @example
 * environmentBytes({ EJABBERD_URL: 'http://10.0.0.1:4560/' }) // 40
 */
function environmentBytes(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(variables));
}

/**
 * Lists the largest variables, largest first, without which the others fit into the limit.
 *
 * @param variables values by name
 * @param limit bytes for all of them
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
