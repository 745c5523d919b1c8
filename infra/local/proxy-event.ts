import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { accountId } from './lambda-environment.ts';

const stage = 'local';
const apiId = 'local';

type Values<T> = Record<string, T>;

/**
 * Returns the event that an API Gateway REST API sends to a function (Lambda proxy integration). The deployed API has no binary
 * media types, so a body is text. A body that is not UTF-8 is sent in base64, so that the function can refuse it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function proxyEvent(
  request: IncomingMessage,
  path: string,
  body: Buffer,
  requestId: string,
): APIGatewayProxyEvent {
  const [, query = ''] = (request.url ?? '').split('?', 2);
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1';
  const headers = groupByName([...headerPairs(request), ['X-Forwarded-For', sourceIp], ['X-Forwarded-Proto', 'http']]);
  const parameters = groupByName(new URLSearchParams(query));
  const httpMethod = request.method ?? 'POST';
  const isText = isUtf8(body);
  return {
    resource: path,
    path,
    httpMethod,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: query === '' ? null : lastValues(parameters),
    multiValueQueryStringParameters: query === '' ? null : parameters,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      ...requestTime(new Date()),
      accountId,
      apiId,
      authorizer: null,
      domainName: request.headers.host ?? '127.0.0.1',
      domainPrefix: apiId,
      extendedRequestId: requestId,
      httpMethod,
      identity: { ...anonymous, sourceIp, userAgent: request.headers['user-agent'] ?? null },
      path: `/${stage}${path}`,
      protocol: `HTTP/${request.httpVersion}`,
      requestId,
      resourceId: path.slice(1),
      resourcePath: path,
      stage,
    },
    body: body.length === 0 ? null : body.toString(isText ? 'utf8' : 'base64'),
    isBase64Encoded: !isText,
  };
}

/** The identity of a caller who is not authenticated. */
const anonymous = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function headerPairs({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : []));
}

function groupByName(pairs: Iterable<[string, string]>): Values<string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function lastValues(groups: Values<string[]>): Values<string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));
}

/** Formats a time as API Gateway does, such as `09/Apr/2015:12:34:56 +0000`. */
function requestTime(now: Date): { requestTime: string; requestTimeEpoch: number } {
  const [, day, month, year, time] = now.toUTCString().split(' ');
  return { requestTime: `${day}/${month}/${year}:${time} +0000`, requestTimeEpoch: now.getTime() };
}
