/** Direct invocation by the AWS SDK, of an Invoke API on loopback that answers what a test tells it. */
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClient, messageStanza, overLambda } from '../../client/src/index.ts';
import { json, type StandIn, startStandIn } from './stand-in.ts';

let api: StandIn;
beforeAll(async () => {
  api = await startStandIn();
});
afterAll(() => api.stop());

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const names = { get_presence: 'presence', send_stanza: 'send' };
const bob = { user: 'bob', server: 'example.com' };
const stanza = { from: 'bob@example.com', to: 'alice@example.com', stanza: messageStanza('x') };
const lambda = (maxAttempts: number) =>
  new LambdaClient({ endpoint: api.url, region: 'eu-west-1', credentials, maxAttempts });

describe('a function that throws', () => {
  it.each([
    ['ConflictError', 'Conflict (409 conflict)', 409, 'conflict'],
    ['ItemNotFoundError', 'No such user: bob@example.com (404 item-not-found)', 404, 'item-not-found'],
    ['UndefinedConditionError', 'Undefined condition (-118)', -118, undefined],
    ['InvalidInputError', 'The input is not valid: user is required (soon)', undefined, undefined],
  ])('with %s and %j has code %s and condition %s', async (errorType, errorMessage, code, condition) => {
    api.answer(json(200, { errorType, errorMessage }, { 'x-amz-function-error': 'Unhandled' }));
    const call = createClient(overLambda(lambda(1), names)).getPresence(bob);
    await expect(call).rejects.toMatchObject({ name: errorType, message: errorMessage, code, condition });
  });
});

describe('a stanza', () => {
  it('whose key is undefined is not sent by an SDK client that repeats', async () => {
    api.answer(json(200, { code: 0 }));
    const client = createClient(overLambda(lambda(3), names));
    await expect(client.sendStanza({ ...stanza, idempotencyKey: undefined })).rejects.toThrow('maxAttempts: 1');
    expect(api.asked).toHaveLength(0);
  });

  it('is not sent, and its outcome is known, if the SDK client has no Region', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    try {
      const client = createClient(overLambda(new LambdaClient({ credentials, maxAttempts: 1 }), names));
      await expect(client.sendStanza(stanza)).rejects.toMatchObject({
        name: 'SigningError',
        message: expect.stringContaining('Region is missing'),
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
