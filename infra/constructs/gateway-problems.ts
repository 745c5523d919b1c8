/** API Gateway’s own error responses as RFC 9457 problems, like those of the local gateway. */
import { STATUS_CODES } from 'node:http';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { namedByStatus } from '../gateway-errors.ts';

/** One of API Gateway’s own error responses. */
export interface GatewayProblem {
  readonly type: ResponseType;
  /** `undefined` leaves the status as it is, because the response stands for several. */
  readonly status: number | undefined;
  /** A template of the JSON body. */
  readonly body: string;
}

const PROBLEMS: readonly (readonly [ResponseType, number | undefined, string])[] = [
  [ResponseType.BAD_REQUEST_BODY, 400, 'The request is not valid.'],
  [ResponseType.BAD_REQUEST_PARAMETERS, 400, 'The request is not valid.'],
  [
    ResponseType.INVALID_SIGNATURE,
    403,
    'The signature is not valid: sign with AWS Signature Version 4 for execute-api.',
  ],
  [ResponseType.EXPIRED_TOKEN, 403, 'The credentials have expired.'],
  [ResponseType.MISSING_AUTHENTICATION_TOKEN, 403, 'There is no such route, or the request is not signed.'],
  [ResponseType.ACCESS_DENIED, 403, 'The caller may not do this: it needs execute-api:Invoke on the method.'],
  [ResponseType.UNAUTHORIZED, 401, 'The caller is not known.'],
  [ResponseType.RESOURCE_NOT_FOUND, 404, 'There is no such route.'],
  [ResponseType.REQUEST_TOO_LARGE, 413, 'The request is too large.'],
  [ResponseType.UNSUPPORTED_MEDIA_TYPE, 415, 'The content type must be application/json.'],
  [ResponseType.THROTTLED, 429, 'Too many requests. Try again later.'],
  [ResponseType.QUOTA_EXCEEDED, 429, 'Too many requests. Try again later.'],
  [ResponseType.API_CONFIGURATION_ERROR, 500, 'The API is not configured correctly.'],
  [ResponseType.AUTHORIZER_FAILURE, 500, 'The caller could not be authorized.'],
  [ResponseType.INTEGRATION_FAILURE, 502, 'The function failed.'],
  [ResponseType.INTEGRATION_TIMEOUT, 504, 'The function did not answer in time.'],
  [ResponseType.DEFAULT_4XX, undefined, 'The request is not valid.'],
  [ResponseType.DEFAULT_5XX, undefined, 'The function failed.'],
];

/** Returns a response for each of API Gateway’s own errors. API Gateway fills in `$context.requestId`. */
export function gatewayProblems(): readonly GatewayProblem[] {
  return PROBLEMS.map(([type, status, detail]) => ({
    type,
    status,
    body: JSON.stringify({
      type: 'about:blank',
      title: status === undefined ? 'Error' : STATUS_CODES[status],
      status,
      detail,
      ...namedByStatus(status ?? (type === ResponseType.DEFAULT_4XX ? 400 : 502)),
      requestId: '$context.requestId',
    }),
  }));
}
