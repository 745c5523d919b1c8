import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { problemSchema } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_ERRORS } from '../../infra/gateway-errors.ts';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import { openWorkshop, type Workshop } from './tiny-function.ts';

let workshop: Workshop;
let gateway: Gateway;
const logged: string[] = [];

/** Returns the event, or does what it is told: by `do` in the event itself, or in its body. */
const source = `
  const { setTimeout: wait } = require('node:timers/promises');
  exports.handler = async (event, context) => {
    const order = event.body ? JSON.parse(event.body) : event;
    console.log('order', order.do);
    switch (order.do) {
      case 'respond': return order.response;
      case 'throw': throw Object.assign(new Error('no such user'), { name: 'ItemNotFoundError' });
      case 'crash': process.exit(3);
      case 'hang': await wait(60_000);
      case 'grow': return 'x'.repeat(6_291_556);
      case 'context': return { clientContext: context.clientContext, requestId: context.awsRequestId };
      default: return event.httpMethod ? { statusCode: 200, body: JSON.stringify(event) } : event;
    }
  };`;

beforeAll(async () => {
  workshop = await openWorkshop();
  const folder = await workshop.tinyFunction('echo', source);
  const bytes = await workshop.tinyFunction(
    'bytes',
    `exports.handler = async ({ body, isBase64Encoded }) => ({ statusCode: 200, body: JSON.stringify({ body, isBase64Encoded }) });`,
  );
  gateway = await startGateway({
    port: 0,
    functions: { echo: { folder }, other: { folder }, bytes: { folder: bytes } },
    environment: {},
    timeoutSeconds: 2,
    log: (name, line) => logged.push(`${name} ${line}`),
  });
});
afterAll(async () => {
  await gateway.stop();
  await workshop.remove();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });

const respond = (response: unknown): Promise<Response> => post('/echo', { do: 'respond', response });

async function expectProblem(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({
    type: 'about:blank',
    status,
    title: expect.any(String),
    name: GATEWAY_ERRORS.find((error) => error.status === status)?.name,
    retryable: false,
  });
}

/** The response of the functions to an invalid request: the catalogue's error, with all its members. */
async function expectInvalid(response: Response, status: number): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(problemSchema().parse(await response.json())).toMatchObject({
    type: 'urn:rostbeef:error:InvalidInputError',
    name: 'InvalidInputError',
    status,
    requestId: response.headers.get('x-amzn-requestid'),
    retryable: false,
  });
}

/** A request that `fetch` would not send so. */
function raw(
  options: Parameters<typeof httpRequest>[1],
  body = '',
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(gateway.url, options, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('POST /<method>', () => {
  it('gives the function a REST proxy event', async () => {
    const response = await post('/echo?a=1&b=%20&a=2', { user: 'ünïcode' }, { 'X-Custom': 'yes' });
    const event = Object(await response.json());
    expect(event).toMatchObject({
      resource: '/echo',
      path: '/echo',
      httpMethod: 'POST',
      headers: { 'X-Forwarded-For': '127.0.0.1' },
      queryStringParameters: { a: '2', b: ' ' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' '] },
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        httpMethod: 'POST',
        identity: { sourceIp: '127.0.0.1', userArn: null },
        path: '/local/echo',
        protocol: 'HTTP/1.1',
        requestId: response.headers.get('x-amzn-requestid'),
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        resourcePath: '/echo',
        stage: 'local',
      },
      body: '{"user":"ünïcode"}',
      isBase64Encoded: false,
    });
    expect(Date.parse(event.requestContext.requestTime.replace(':', ' '))).toBe(
      Math.floor(event.requestContext.requestTimeEpoch / 1000) * 1000,
    );
  });

  it('keeps repeated headers, in the case in which they came', async () => {
    const { body } = await raw({ method: 'POST', path: '/echo', headers: { 'X-Twice': ['one', 'two'] } });
    const event = JSON.parse(body);
    expect(event.multiValueHeaders['X-Twice']).toEqual(['one', 'two']);
    expect(event.headers['X-Twice']).toBe('two');
  });

  it('gives null for a body or a query that is not there', async () => {
    const response = await fetch(`${gateway.url}/echo`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ body: null, queryStringParameters: null });
  });

  it("answers with the function's status, headers and body", async () => {
    const response = await respond({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json', 'x-count': 3 },
      multiValueHeaders: { 'set-cookie': ['a=1', 'b=2'] },
      body: '{"name":"ItemNotFoundError"}',
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.json()).toEqual({ name: 'ItemNotFoundError' });
  });

  it('decodes a base64 body', async () => {
    const body = Buffer.from([0, 255, 128]).toString('base64');
    const response = await respond({ statusCode: 200, body, isBase64Encoded: true });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 128]);
  });

  it('has the content type JSON if the function names none', async () => {
    const response = await respond({ statusCode: '201', body: '{}' });
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it.each([
    ['nothing', null],
    ['text', 'hello'],
    ['no status', { body: '{}' }],
    ['an invalid status', { statusCode: 99 }],
    ['a body that is no string', { statusCode: 200, body: {} }],
    ['a header that HTTP can not carry', { statusCode: 200, headers: { 'x-bad': 'a\r\nb: c' } }],
  ])('answers 502 to a function that returns %s', async (_, response) => {
    await expectProblem(await respond(response), 502);
  });

  it('answers 502 to a function that throws', async () => {
    await expectProblem(await post('/echo', { do: 'throw' }), 502);
  });

  it('answers 502 to a function that crashes, and is there for the next call', async () => {
    await expectProblem(await post('/echo', { do: 'crash' }), 502);
    expect((await post('/echo', {})).status).toBe(200);
  });

  it('answers 502 to a response that is too large for Lambda', async () => {
    await expectProblem(await post('/echo', { do: 'grow' }), 502);
  });

  it('answers 504 to a function that takes too long', async () => {
    await expectProblem(await post('/echo', { do: 'hang' }), 504);
  });

  it.each([
    ['10 MB, which is API Gateway’s limit', 10 * 1024 * 1024 + 1],
    ['what an event may have', 6_291_456],
  ])('answers 413, as the functions would, to a body over %s', async (_, size) => {
    const response = await fetch(`${gateway.url}/echo`, { method: 'POST', body: Buffer.alloc(size, ' ') });
    await expectInvalid(response, 413);
  });

  it('answers 405, as the functions would, to another HTTP method', async () => {
    await expectInvalid(await fetch(`${gateway.url}/echo`), 405);
  });

  it('gives the function a body that is no text in base64', async () => {
    const sent = Buffer.from('{"a":"caf\u00e9"}', 'latin1');
    const response = await fetch(`${gateway.url}/bytes`, { method: 'POST', body: sent });
    expect(await response.json()).toEqual({ body: sent.toString('base64'), isBase64Encoded: true });
  });

  it('hands out what the functions write, by name', async () => {
    await post('/other', { do: 'look here' });
    await expect.poll(() => logged).toContainEqual(expect.stringMatching(/^other .*INFO\torder look here$/));
  });
});

describe('the gateway', () => {
  it.each(['/nothing', '/echo/', '/ECHO', '//echo', '/openapi', '/2015-03-31/functions'])(
    'answers 404 at %s',
    async (path) => {
      expect(await raw({ method: 'POST', path })).toMatchObject({ status: 404 });
    },
  );

  it('names the path that a caller may have meant', async () => {
    const response = await fetch(`${gateway.url}/prod/ehco`, { method: 'POST' });
    expect(await response.json()).toMatchObject({ detail: 'There is nothing at /prod/ehco. Did you mean /echo?' });
  });

  it.each([
    ['GET', '/echo', 'POST, OPTIONS'],
    ['HEAD', '/echo', 'POST, OPTIONS'],
    ['DELETE', '/', 'GET, HEAD, OPTIONS'],
    ['POST', '/openapi.json', 'GET, HEAD, OPTIONS'],
    ['GET', '/2015-03-31/functions/echo/invocations', 'POST, OPTIONS'],
  ])('answers 405 and what is allowed to %s %s', async (method, path, allow) => {
    const response = await fetch(gateway.url + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
  });

  it('answers OPTIONS, and allows no other origin', async () => {
    const response = await fetch(`${gateway.url}/echo`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost.evil.example', '192.168.0.1'])(
    'refuses a host name that is not loopback: %s',
    async (host) => {
      expect(await raw({ method: 'POST', path: '/echo', headers: { host } }, '{}')).toMatchObject({ status: 403 });
    },
  );

  it.each(['localhost:3000', 'LOCALHOST', '127.0.0.1', '127.1.2.3:80', '[::1]:3000'])(
    'accepts a loopback host name: %s',
    async (host) => {
      expect(await raw({ method: 'POST', path: '/echo', headers: { host } }, '{}')).toMatchObject({ status: 200 });
    },
  );

  it.each(['https://evil.example', 'null', 'http://localhost:9'])('refuses a web page of %s', async (origin) => {
    await expectProblem(await post('/2015-03-31/functions/echo/invocations', {}, { origin }), 403);
  });

  it('answers 400 to what is not HTTP', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write('nonsense\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('a document', () => {
  it.each(['/', '/reference'])('is the page at %s, which may load nothing from elsewhere', async (path) => {
    const response = await fetch(gateway.url + path);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    const page = await response.text();
    const files = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(3);
    const statuses = files.map(async (file) => (await fetch(new URL(file, gateway.url + path))).status);
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]));
  });

  it('is the OpenAPI document, of which HEAD answers the headers', async () => {
    const url = `${gateway.url}/openapi.json`;
    const whole = await fetch(url);
    expect(await whole.json()).toHaveProperty('openapi', '3.1.0');
    const head = await fetch(url, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(whole.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });
});

describe("Lambda's own API", () => {
  let lambda: LambdaClient;
  beforeAll(() => {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    lambda = new LambdaClient({ endpoint: gateway.url, region: 'eu-west-1', credentials, maxAttempts: 1 });
  });
  afterAll(() => lambda.destroy());

  const invoke = (event: unknown, options: Partial<InvokeCommand['input']> = {}) =>
    lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload: JSON.stringify(event), ...options }));

  it.each([
    'echo',
    'echo:live',
    'echo:$LATEST',
    '123456789012:function:echo',
    'arn:aws:lambda:eu-west-1:123456789012:function:echo',
    'arn:aws:lambda:eu-west-1:123456789012:function:echo:live',
  ])('invokes a function by %s, whose event is the payload', async (FunctionName) => {
    const answer = await invoke({ user: 'ünïcode' }, { FunctionName });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ user: 'ünïcode' });
  });

  it('takes no payload for an empty object', async () => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'echo' }));
    expect(answer.Payload?.transformToString()).toBe('{}');
  });

  it('reports a thrown error by its name', async () => {
    const answer = await invoke({ do: 'throw' });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      errorType: 'ItemNotFoundError',
      errorMessage: 'no such user',
      trace: expect.arrayContaining(['ItemNotFoundError: no such user']),
    });
  });

  it.each([
    ['crash', 'Runtime.ExitError'],
    ['hang', 'Sandbox.Timedout'],
    ['grow', 'Function.ResponseSizeTooLarge'],
  ])('reports what only Lambda can say: %s', async (order, errorType) => {
    const answer = await invoke({ do: order });
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorType });
  });

  it('passes the client context on, and its request id is that of the function', async () => {
    const ClientContext = Buffer.from('{"custom":{"name":"ünïcode"}}').toString('base64');
    const answer = await invoke({ do: 'context' }, { ClientContext });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      clientContext: { custom: { name: 'ünïcode' } },
      requestId: answer.$metadata.requestId,
    });
  });

  it('runs an event and answers before', async () => {
    const answer = await invoke({ do: 'remember me' }, { InvocationType: 'Event' });
    expect(answer.StatusCode).toBe(202);
    await expect.poll(() => logged).toContainEqual(expect.stringMatching(/^echo .*order remember me$/));
  });

  it('runs nothing for a dry run', async () => {
    const answer = await invoke({ do: 'not this' }, { InvocationType: 'DryRun' });
    expect(answer.StatusCode).toBe(204);
    await invoke({});
    expect(logged.join('\n')).not.toContain('not this');
  });

  it('returns the end of the log if it is asked to', async () => {
    const answer = await invoke({ do: 'log' }, { LogType: 'Tail' });
    expect(Buffer.from(answer.LogResult ?? '', 'base64').toString()).toMatch(/INFO\torder log\n$/);
    expect((await invoke({ do: 'log' })).LogResult).toBeUndefined();
  });

  it.each([
    ['an unknown function', { FunctionName: 'nobody' }, 'ResourceNotFoundException', 404],
    ['a payload that is not JSON', { Payload: '{' }, 'InvalidRequestContentException', 400],
    [
      'a payload that is not UTF-8',
      { Payload: Buffer.from('"\u00e9"', 'latin1') },
      'InvalidRequestContentException',
      400,
    ],
    ['a client context that is not JSON', { ClientContext: 'AAAA' }, 'InvalidRequestContentException', 400],
    ['a payload over 6 MB', { Payload: '1'.repeat(6_291_457) }, 'RequestTooLargeException', 413],
  ])('refuses %s', async (_, input, name, httpStatusCode) => {
    await expect(invoke({}, input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
  });

  it('refuses an invocation type that it does not know', async () => {
    const headers = { 'x-amz-invocation-type': 'Later' };
    const response = await post('/2015-03-31/functions/echo/invocations', {}, headers);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidParameterValueException');
  });
});
