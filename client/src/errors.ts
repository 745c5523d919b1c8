/** Makes errors by name, and recognizes them. */
import type { ErrorDetails } from './call-error.ts';
import { ERROR_CLASSES, type ErrorName, type RostbeefError } from './generated/errors.ts';

/**
 * Tells whether something thrown is an error of this client. TypeScript then narrows it by `name`.
 *
 * The name is compared, so that errors of a second copy of the package count too, such as its CommonJS form.
 *
 * @example
 * if (isRostbeefError(error) && error.name === 'InvalidInputError') console.error(error.issues);
 */
export function isRostbeefError(error: unknown): error is RostbeefError {
  return error instanceof Error && isErrorName(error.name) && 'leavesOutcomeOpen' in error;
}

/** Whether a name is one of the closed set. */
export function isErrorName(name: unknown): name is ErrorName {
  return typeof name === 'string' && Object.hasOwn(ERROR_CLASSES, name);
}

/** Makes the error of a name. */
export function errorOf(name: ErrorName, message: string, details: ErrorDetails = {}): RostbeefError {
  return new ERROR_CLASSES[name](message, details);
}
