/** Reads problem details (RFC 9457) as errors. */
import type { ErrorDetails } from './call-error.ts';
import { errorOf, isErrorName } from './errors.ts';
import type { RostbeefError } from './generated/errors.ts';
import type { Issue, Sides } from './generated/methods.ts';
import { isObject } from './is-object.ts';

/**
 * The error that a problem reports; `undefined` if it is not a problem of this API.
 *
 * @param further the details outside the body, such as the status
 */
export function errorOfProblem(problem: unknown, further: ErrorDetails): RostbeefError | undefined {
  if (!isObject(problem)) return undefined;
  const { name, detail, code, condition, requestId } = problem;
  if (!isErrorName(name) || typeof detail !== 'string') return undefined;
  return errorOf(name, detail, {
    ...further,
    ...(typeof code === 'number' && { code }),
    ...(typeof condition === 'string' && { condition }),
    ...(typeof requestId === 'string' && { requestId }),
    ...structureOf(problem),
  });
}

/** The `issues` and `sides` in an object, if they have the right form. */
export function structureOf({ issues, sides }: Readonly<Record<string, unknown>>): ErrorDetails {
  return {
    ...(Array.isArray(issues) && { issues: issues.filter(isIssue) }),
    ...(isSides(sides) && { sides }),
  };
}

function isIssue(value: unknown): value is Issue {
  return isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';
}

const STATES: readonly unknown[] = ['written', 'not', 'unknown'];

function isSides(value: unknown): value is Sides {
  return isObject(value) && STATES.includes(value['jid1']) && STATES.includes(value['jid2']);
}
