import * as callerErrors from './caller-errors.ts';
import * as ejabberdErrors from './ejabberd-errors.ts';
import * as functionErrors from './function-errors.ts';
import { PartialLinkError } from './partial-link-error.ts';
import type { ErrorKind } from './rostbeef-error.ts';
import * as xep0086 from './xep-0086.ts';

export * from './caller-errors.ts';
export * from './ejabberd-errors.ts';
export * from './function-errors.ts';
export * from './partial-link-error.ts';
export { type Blame, type ErrorDetails, type ErrorKind, type Issue, RostbeefError } from './rostbeef-error.ts';
export { thrownMessage } from './thrown-message.ts';
export * from './xep-0086.ts';

/**
 * The kinds of all errors that a caller can receive, sorted by name. The documentation and the OpenAPI document list them.
 *
 * @example
 * errorCatalogue.filter(({ retryable }) => retryable).map(({ name }) => name)
 */
export const errorCatalogue: readonly ErrorKind[] = [
  PartialLinkError,
  ...Object.values(callerErrors),
  ...Object.values(ejabberdErrors),
  ...Object.values(functionErrors),
  ...Object.values(xep0086),
]
  .flatMap((value) => ('kind' in value ? [value.kind] : []))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
