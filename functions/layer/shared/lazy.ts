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
