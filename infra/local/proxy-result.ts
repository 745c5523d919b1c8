import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isObject } from 'rostbeef-layer';
import { problem, type Reply } from './reply.ts';
import type { Invoked } from './sandbox.ts';

/**
 * Turns the outcome of an invocation into API Gateway’s response: the function’s own, or a 502 or 504 of the gateway.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export function proxyReply(invoked: Invoked): Reply {
  if (invoked.kind === 'error') {
    if (invoked.errorType === 'Sandbox.Timedout') return problem(504, 'The function did not answer in time.');
    return problem(502, `The function failed: ${invoked.errorType}.`);
  }
  const result: unknown = JSON.parse(invoked.body.toString());
  return responseOf(result) ?? problem(502, 'The function answered something that is not an HTTP response.');
}

/** Headers that the gateway’s own connection sets. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function responseOf(result: unknown): Reply | undefined {
  if (!isObject(result)) return undefined;
  const { statusCode, headers = {}, multiValueHeaders = {}, body = '', isBase64Encoded = false } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (!isObject(headers) || !isObject(multiValueHeaders) || typeof body !== 'string') return undefined;
  const given = [...Object.entries(headers), ...Object.entries(multiValueHeaders)]
    .map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.map(String) : String(value)] as const)
    .filter(([name]) => !connectionHeaders.has(name));
  if (!given.every(([name, value]) => isHeader(name, value))) return undefined;
  return {
    status,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(given) },
    body: isBase64Encoded === true ? Buffer.from(body, 'base64') : body,
  };
}

function isHeader(name: string, value: string | readonly string[]): boolean {
  try {
    validateHeaderName(name);
    for (const one of [value].flat()) validateHeaderValue(name, one);
    return true;
  } catch {
    return false;
  }
}
