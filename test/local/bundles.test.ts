import { createServer } from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../../infra/local/gateway.ts';
import { listen } from '../../infra/local/listen.ts';
import { built } from '../support/built.ts';
import { postJson } from './tiny-function.ts';

let gateway: Gateway;
let lambda: LambdaClient;

beforeAll(async () => {
  const { functions } = built();
  gateway = await startGateway({ port: 0, functions, environment: { EJABBERD_URL: await closedPort() } });
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  lambda = new LambdaClient({ endpoint: gateway.url, region: 'eu-west-1', credentials });
});
afterAll(async () => {
  lambda.destroy();
  await gateway.stop();
});

async function closedPort(): Promise<string> {
  const server = createServer();
  const port = await listen(server, 0, '127.0.0.1');
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

describe.each(catalogue)('the bundled function $name', ({ name, example }) => {
  it('answers HTTP with problem details', async () => {
    const response = await postJson(`${gateway.url}/${name}`, JSON.stringify(example.input));
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ name: 'EjabberdUnreachableError', retryable: true });
  });

  it('throws the same error if it is invoked directly', async () => {
    const Payload = JSON.stringify(example.input);
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload }));
    expect(answer.FunctionError).toBe('Unhandled');
    const { errorType } = JSON.parse(answer.Payload?.transformToString() ?? '');
    expect(errorType).toBe('EjabberdUnreachableError');
  });

  it('checks its input from both event sources', async () => {
    const response = await postJson(`${gateway.url}/${name}`, '{"misspelt": 1}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ name: 'InvalidInputError' });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{"misspelt": 1}' }));
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'InvalidInputError' });
  });
});
