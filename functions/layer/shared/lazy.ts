/** Makes and reads values on demand. */

/**
 * Returns a function that makes a value on its first call, and returns the same value later. If making it throws, the next
 * call tries again.
 *
 * @example
 * const table = lazy(() => dynamoDbTable('rostbeef-keys'));
 */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Returns a function that reads a value on its first call. Later calls share the read. If it fails, the next call reads again.
 *
 * @example
 * const readVhosts = readOnce(() => run(registeredVhosts()));
 */
export function readOnce<Options extends readonly unknown[], T>(
  read: (...options: Options) => Promise<T>,
): (...options: Options) => Promise<T> {
  let reading: Promise<T> | undefined;
  return (...options) => {
    reading ??= read(...options).catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
