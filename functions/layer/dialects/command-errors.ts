/** Tells why a command failed, and whether it may have run. */
import {
  ConnectionLostError,
  EjabberdTimeoutError,
  EjabberdUnreachableError,
  InvalidInputError,
  MalformedResponseError,
  OutcomeUnknownError,
  RostbeefError,
} from '../errors/index.ts';
import { TransportError } from '../http/index.ts';
import { DecodeError, EncodeError } from '../xmlrpc/index.ts';
import { ShapeError } from './answer-shape.ts';
import type { Command } from './command.ts';
import { describeFailure } from './describe-failure.ts';

/**
 * Tells whether a failed command may have run.
 *
 * @param error an error of {@link Run}
 */
export function mayHaveRun(error: unknown): boolean {
  const cause = error instanceof RostbeefError ? error.cause : error;
  if (cause instanceof TransportError) return cause.sent;
  return cause instanceof DecodeError || cause instanceof ShapeError;
}

/**
 * Tells whether a response was larger than the functions read.
 *
 * @param error an error of {@link Run}
 */
export function isOversized(error: unknown): boolean {
  return error instanceof RostbeefError && error.cause instanceof TransportError && error.cause.kind === 'oversized';
}

/** Returns the error for a call without a valid response. A defect is returned as it is. */
export function errorOfCall(cause: unknown, { name, idempotent }: Command<unknown>, url: URL): unknown {
  if (cause instanceof EncodeError) {
    return new InvalidInputError({ detail: 'the input holds a character that XML can not carry', cause });
  }
  if (!hasSafeMessage(cause)) return cause;
  const details = { detail: describeFailure(cause, name, url), cause };
  if (!idempotent && mayHaveRun(cause)) return new OutcomeUnknownError(details);
  if (!(cause instanceof TransportError)) return new MalformedResponseError(details);
  switch (cause.kind) {
    case 'unreachable':
      return new EjabberdUnreachableError(details);
    case 'timeout':
      return new EjabberdTimeoutError(details);
    case 'lost':
      return new ConnectionLostError(details);
    default:
      return new MalformedResponseError(details);
  }
}

/** Tells whether an error's message has only constant words, numbers and error codes. */
function hasSafeMessage(cause: unknown): cause is TransportError | DecodeError | ShapeError {
  return cause instanceof TransportError || cause instanceof DecodeError || cause instanceof ShapeError;
}

/**
 * Returns a handler that replaces an error of one class by a value.
 *
 * @example
 * await run(checkAccount(user)).catch(elseIf(ItemNotFoundError, false));
 */
export function elseIf<T>(Class: new () => Error, fallback: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Class) return fallback;
    throw error;
  };
}
