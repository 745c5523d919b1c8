import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  CredentialsRejectedError,
  EjabberdTimeoutError,
  ForbiddenStanzaError,
  IdempotencyStoreUnavailableError,
  InvalidInputError,
  ItemNotFoundError,
  OutcomeUnknownError,
  PartialLinkError,
  PermissionDeniedError,
  UnexpectedError,
} from '../../functions/layer/errors/index.ts';
import { callMetrics } from '../../functions/layer/observability/metrics.ts';

const counted = (error: unknown, door?: string) =>
  Object.entries(JSON.parse(`{${callMetrics(error, door)}}`))
    .filter(([, value]) => value === 1)
    .map(([name]) => name);

describe('the metrics of a call', () => {
  it.each([
    [new InvalidInputError(), 'ClientErrors'],
    [new ForbiddenStanzaError(), 'ForbiddenStanzas'],
    [new CredentialsRejectedError(), 'CredentialFailures'],
    [new EjabberdTimeoutError(), 'EjabberdFailures'],
    [new ConfigurationError(), 'FunctionFailures'],
    [new IdempotencyStoreUnavailableError(), 'FunctionFailures'],
    [new UnexpectedError(), 'FunctionFailures'],
    [new TypeError(), 'FunctionFailures'],
  ])('count %o once, as %s', (error, metric) => {
    expect(counted(error)).toEqual([metric]);
  });

  it('count a partial link separately, and as a failure of ejabberd', () => {
    const error = new PartialLinkError({ jid1: 'written', jid2: 'not' });
    expect(counted(error)).toEqual(['EjabberdFailures', 'PartialLinks']);
  });

  it('are all 0 for a call that succeeded, so that an alarm has data', () => {
    const { _aws, ...values } = JSON.parse(`{${callMetrics(undefined)}}`);
    expect(new Set(Object.values(values))).toEqual(new Set([0]));
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [
        { Namespace: 'rostbeef', Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })) },
      ],
    });
  });

  it.each([
    [new InvalidInputError(), ['ClientErrors', 'PoisonMessages']],
    [new ItemNotFoundError(), ['ClientErrors', 'PoisonMessages']],
    [new OutcomeUnknownError(), ['EjabberdFailures', 'PoisonMessages']],
    [new EjabberdTimeoutError(), ['EjabberdFailures']],
    [new PermissionDeniedError(), ['EjabberdFailures']],
    [new ConfigurationError(), ['FunctionFailures']],
  ])('count the message of a queue as poison if %o can never become a success', (error, metrics) => {
    expect(counted(error, 'sqs')).toEqual(metrics);
  });
});
