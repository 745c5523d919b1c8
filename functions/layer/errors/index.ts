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
 * Returns the kinds of all errors that a caller can receive, sorted by name. The documentation and the OpenAPI document list
 * them. It is a function, because no deployed function needs the list.
 *
 * @example
 * errorCatalogue().filter(({ retryable }) => retryable).map(({ name }) => name)
 */
export function errorCatalogue(): readonly ErrorKind[] {
  const exported = [callerErrors, ejabberdErrors, functionErrors, xep0086].flatMap((module) => Object.values(module));
  return [PartialLinkError, ...exported]
    .flatMap((value) => ('kind' in value ? [value.kind] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
