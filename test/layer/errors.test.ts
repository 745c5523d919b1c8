import { describe, expect, it } from 'vitest';
import * as errors from '../../functions/layer/errors/index.ts';
import { problemOf } from '../../functions/layer/events/problem-details.ts';

const { errorCatalogue, errorOfCode } = errors;

/** XEP-0086, as the contract maps it: code, name, condition, HTTP status, whether to repeat. */
const byCode: readonly (readonly [number, string, string, number, boolean])[] = [
  [302, 'RedirectError', 'redirect', 502, false],
  [400, 'BadRequestError', 'bad-request', 400, false],
  [401, 'NotAuthorizedError', 'not-authorized', 502, false],
  [402, 'PaymentRequiredError', 'payment-required', 403, false],
  [403, 'ForbiddenError', 'forbidden', 403, false],
  [404, 'ItemNotFoundError', 'item-not-found', 404, false],
  [405, 'NotAllowedError', 'not-allowed', 403, false],
  [406, 'NotAcceptableError', 'not-acceptable', 422, false],
  [407, 'RegistrationRequiredError', 'registration-required', 502, false],
  [408, 'RemoteServerTimeoutError', 'remote-server-timeout', 504, true],
  [409, 'ConflictError', 'conflict', 409, false],
  [500, 'InternalServerError', 'internal-server-error', 502, true],
  [501, 'FeatureNotImplementedError', 'feature-not-implemented', 501, false],
  [502, 'ServiceUnavailableError', 'service-unavailable', 503, true],
  [503, 'ServiceUnavailableError', 'service-unavailable', 503, true],
  [504, 'RemoteServerTimeoutError', 'remote-server-timeout', 504, true],
  [510, 'ServiceUnavailableError', 'service-unavailable', 503, true],
  ...[1, -1, -100, -112, -114, -116, -118, -120, -122, 2, 99, 404_000].map(
    (code) => [code, 'UndefinedConditionError', 'undefined-condition', 502, false] as const,
  ),
];

/** The errors of our own making: name, HTTP status, whether to repeat. */
const own: readonly (readonly [string, number | undefined, boolean])[] = [
  ['ConfigurationError', 500, false],
  ['ConnectionLostError', 502, true],
  ['CredentialsRejectedError', 502, false],
  ['CredentialsUnavailableError', 503, true],
  ['EjabberdTimeoutError', 504, true],
  ['EjabberdUnreachableError', 503, true],
  ['ForbiddenServerError', 403, false],
  ['InvalidInputError', 400, false],
  ['MalformedResponseError', 502, false],
  ['OutcomeUnknownError', 502, false],
  ['PartialLinkError', 502, true],
  ['PermissionDeniedError', 502, false],
  ['ResultTooLargeError', 413, false],
  ['UnexpectedError', 500, false],
  ['UnsupportedEventError', undefined, false],
];

describe('a code of the server', () => {
  it.each(byCode)('%i is a %s', (code, name, condition, status, retryable) => {
    const error = errorOfCode(code);
    expect(problemOf(error, 'id')).toMatchObject({ name, code, condition, status, retryable });
    expect(error.message.endsWith(` (${code} ${condition})`)).toBe(true);
  });
});

describe('an error of our own', () => {
  it.each(own)('%s has its status and says whether to repeat', (name, status, retryable) => {
    const kind = errorCatalogue().find((one) => one.name === name);
    expect({ status: kind?.status, retryable: kind?.retryable }).toEqual({ status, retryable });
    expect(kind).not.toHaveProperty('code');
  });
});

describe('a JID that is malformed', () => {
  it('has the code and condition of XEP-0086', () => {
    const problem = problemOf(new errors.JidMalformedError(), 'id');
    expect(problem).toMatchObject({ status: 400, code: 400, condition: 'jid-malformed', retryable: false });
  });
});

describe('every error', () => {
  const made = Object.values(errors).flatMap((value) =>
    typeof value === 'function' && 'kind' in value && value.kind !== undefined ? [value] : [],
  );

  it('is named as its class, and has the cause that it was given, which nothing writes out', () => {
    const cause = new Error('canary');
    for (const Class of made) {
      const error: errors.RostbeefError =
        Class === errors.PartialLinkError
          ? new errors.PartialLinkError({ jid1: 'written', jid2: 'not' }, { cause })
          : Reflect.construct(Class, [{ cause }]);
      expect(error.name).toBe(Class.name);
      expect(error.cause).toBe(cause);
      expect(JSON.stringify([problemOf(error, 'id'), error, { ...error }])).not.toContain('canary');
    }
    expect(made.length).toBe(errorCatalogue().length);
  });
});
