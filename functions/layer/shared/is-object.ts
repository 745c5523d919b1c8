/**
 * Tells whether a value is a JSON object: neither `null` nor an array.
 *
 * @example
 * isObject({}) // true
 */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
