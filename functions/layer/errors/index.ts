import * as own from './function-errors.ts';
import type { ErrorKind } from './rostbeef-error.ts';
import * as byCode from './xep-0086.ts';

export * from './function-errors.ts';
export { type Blame, type ErrorDetails, type ErrorKind, type Issue, RostbeefError } from './rostbeef-error.ts';
export { thrownMessage } from './thrown-message.ts';
export * from './xep-0086.ts';

/** Lists every error class by its name. Callers meet no other error. */
export const errorCatalogue: readonly ErrorKind[] = [...Object.values(byCode), ...Object.values(own)]
  .flatMap((value) => ('kind' in value ? [value.kind] : []))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
