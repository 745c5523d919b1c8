import * as byCode from './by-code.ts';
import * as own from './own.ts';
import type { ErrorKind } from './rostbeef-error.ts';

export * from './by-code.ts';
export * from './own.ts';
export { type Blame, type ErrorDetails, type ErrorKind, type Issue, RostbeefError } from './rostbeef-error.ts';
export { thrownMessage } from './structure.ts';

/** Every error that a caller can meet, by name: the closed set that the documentation and the OpenAPI document list. */
export const errorCatalogue: readonly ErrorKind[] = [...Object.values(byCode), ...Object.values(own)]
  .flatMap((value) => ('kind' in value ? [value.kind] : []))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
