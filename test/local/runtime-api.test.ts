import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Invocation, type RuntimeApi, startRuntimeApi } from '../../infra/local/runtime-api.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { openWorkshop } from './tiny-function.ts';

const version = '/2018-06-01/runtime';

const invocation: Invocation = {
  requestId: 'r-1',
  event: Buffer.from('"a secret"'),
  deadline: 0,
  functionArn: 'arn',
  traceId: 'trace',
};

describe('the Runtime API of a function’s process', () => {
  let api: RuntimeApi;
  let heard: string[];

  beforeEach(async () => {
    heard = [];
    api = await startRuntimeApi({
      next: (deliver) => {
        heard.push('next');
        deliver(invocation);
      },
      response: (requestId) => heard.push(`response ${requestId}`),
      error: (requestId) => heard.push(`error ${requestId}`),
      initError: () => heard.push('init error'),
    });
  });
  afterEach(() => api.stop());

  const calls = [
    ['take an invocation', 'GET', '/invocation/next', 'next'],
    ['post a result', 'POST', '/invocation/r-1/response', 'response r-1'],
    ['post an error', 'POST', '/invocation/r-1/error', 'error r-1'],
    ['report a failed start', 'POST', '/init/error', 'init error'],
  ] as const;

  const call = (method: string, path: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`http://${api.address}${version}${path}`, { method, headers, ...(method === 'POST' && { body: '{}' }) });

  it.each(calls)('lets the holder of the token %s', async (_, method, path, event) => {
    expect((await call(method, path, { authorization: `Bearer ${api.token}` })).ok).toBe(true);
    expect(heard).toEqual([event]);
  });

  describe.each(calls)('lets nothing else %s', (_, method, path) => {
    it.each([
      ['no token', () => ({})],
      ['another token of the same length', () => ({ authorization: `Bearer ${'A'.repeat(api.token.length)}` })],
      ['a part of the token', () => ({ authorization: `Bearer ${api.token.slice(0, -1)}` })],
      ['the token and no scheme', () => ({ authorization: api.token })],
    ])('with %s', async (_, headers) => {
      const response = await call(method, path, headers());
      expect(response.status).toBe(403);
      expect(await response.text()).not.toContain('a secret');
      expect(heard).toEqual([]);
    });
  });

  it('answers no preflight request of a web page', async () => {
    const response = await call('OPTIONS', '/invocation/next', {
      origin: 'https://evil.example',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    });
    expect(response.status).toBe(403);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('has a token of its own for each process', async () => {
    const other = await startRuntimeApi({ next() {}, response() {}, error() {}, initError() {} });
    other.stop();
    expect(api.token).toMatch(/^[\w-]{43}$/);
    expect(other.token).not.toBe(api.token);
  });
});

describe('a function that knows the address of its Runtime API', () => {
  it('finds no token in its environment', async () => {
    const workshop = await openWorkshop();
    const folder = await workshop.tinyFunction(
      'curious',
      `exports.handler = async () => {
        const response = await fetch('http://' + process.env.AWS_LAMBDA_RUNTIME_API + '${version}/invocation/next');
        return [response.status, Object.keys(process.env).filter((name) => name.includes('TOKEN'))];
      };`,
    );
    const sandbox = new Sandbox({ name: 'curious', folder });
    const invoked = await sandbox.invoke({});
    await Promise.all([sandbox.stop(), workshop.remove()]);
    expect(invoked).toMatchObject({ kind: 'result', body: Buffer.from('[403,[]]') });
  });
});
