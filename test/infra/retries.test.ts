import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { catalogue, errorCatalogue } from 'rostbeef-layer';
import { afterAll, describe, expect, it } from 'vitest';
import {
  EjabberdFunctions,
  FAILED_BY_LAMBDA,
  OUTCOME_UNKNOWN_ERRORS,
  PERMANENT_ERRORS,
  REFUSED_BY_LAMBDA,
  RETRYABLE_ERRORS,
  RostbeefTask,
  retriersOf,
} from '../../infra/index.ts';

const outdir = mkdtempSync(join(tmpdir(), 'rostbeef-retries-'));
afterAll(() => rmSync(outdir, { recursive: true }));
const stack = new Stack(new App({ outdir }), 'Theirs');
const rostbeef = new EjabberdFunctions(stack, 'Rostbeef', {
  vpc: new Vpc(stack, 'Vpc'),
  ejabberd: { url: 'https://xmpp.internal:5443/xmlrpc' },
});
const inputOf = (method: string) => Object(catalogue.find(({ name }) => name === method)?.example.input);

/** Whether a failure of this name is repeated, as Step Functions reads a list of retriers: the first that matches counts. */
function repeats(retry: ReturnType<typeof retriersOf>, name: string): boolean {
  const first = retry.find(({ ErrorEquals }) => ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL'));
  return first !== undefined && first.MaxAttempts > 0;
}

describe('the lists of errors', () => {
  it('hold each error of the functions in one of two', () => {
    expect([...RETRYABLE_ERRORS, ...PERMANENT_ERRORS].sort()).toEqual(
      errorCatalogue()
        .map(({ name }) => name)
        .sort(),
    );
    expect(RETRYABLE_ERRORS).toContain('PartialLinkError');
    expect(PERMANENT_ERRORS).toContain('OutcomeUnknownError');
  });

  it('say after which errors a stanza may have been sent', () => {
    for (const name of ['OutcomeUnknownError', 'UnexpectedError', 'States.Timeout', 'Lambda.Unknown']) {
      expect(OUTCOME_UNKNOWN_ERRORS).toContain(name);
    }
    for (const name of [...RETRYABLE_ERRORS, ...REFUSED_BY_LAMBDA]) expect(OUTCOME_UNKNOWN_ERRORS).not.toContain(name);
  });
});

describe.each(catalogue)('a task that calls $name', ({ name, idempotent }) => {
  const retryOf = (id: string, input: Readonly<Record<string, unknown>>) =>
    Object(new RostbeefTask(stack, id, { rostbeef, method: name, input }).toStateJson()).Retry;
  const retry = retryOf(`${name} without key`, inputOf(name));

  it('is repeated after each retryable error and after none that is permanent', () => {
    expect(retry).toEqual(retriersOf(idempotent));
    for (const error of [...RETRYABLE_ERRORS, ...REFUSED_BY_LAMBDA]) expect(repeats(retry, error), error).toBe(true);
    for (const error of PERMANENT_ERRORS) expect(repeats(retry, error), error).toBe(false);
  });

  it('is repeated after a failure of Lambda only if doing it twice is harmless', () => {
    for (const error of [...FAILED_BY_LAMBDA, 'Lambda.NewInAnotherYearException']) {
      expect(repeats(retry, error), error).toBe(idempotent);
    }
  });

  it('gives the function time to answer, and invokes its alias with the input', () => {
    const { TimeoutSeconds, Arguments } = Object(
      new RostbeefTask(stack, `${name} again`, { rostbeef, method: name, input: inputOf(name) }).toStateJson(),
    );
    expect(TimeoutSeconds).toBeGreaterThan(13);
    expect(Arguments.Payload).toEqual(inputOf(name));
    expect(JSON.stringify(stack.resolve(Arguments.FunctionName))).toContain('Live');
  });
});

it('a stanza with a key is repeated like any other call', () => {
  const input = { ...inputOf('send_stanza'), idempotencyKey: '{% $states.context.Execution.Name %}' };
  const keyed = new RostbeefTask(stack, 'Keyed', { rostbeef, method: 'send_stanza', input });
  expect(Object(keyed.toStateJson()).Retry).toEqual(retriersOf(true));
  const expression = { rostbeef, method: 'send_stanza', input: '{% $states.input %}' } as const;
  expect(Object(new RostbeefTask(stack, 'Unknown', expression).toStateJson()).Retry).toEqual(retriersOf(false));
  const known = new RostbeefTask(stack, 'Known', { ...expression, hasKey: true });
  expect(Object(known.toStateJson()).Retry).toEqual(retriersOf(true));
});
