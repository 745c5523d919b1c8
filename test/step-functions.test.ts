import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { catalogue, errorCatalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';

interface State {
  readonly Type: string;
  readonly Arguments?: { readonly FunctionName: string; readonly Payload: object };
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Next?: string;
}

const file = resolve(import.meta.dirname, '../docs/step-functions.asl.json');
const { StartAt, States } = JSON.parse(await readFile(file, 'utf8')) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};
const tasks = Object.entries(States).filter(([, { Type }]) => Type === 'Task');
const retryable = errorCatalogue.filter((kind) => kind.retryable).map(({ name }) => name);

/** Lambda's own failures that come before a function has begun; of the others nobody knows. */
const beforeTheCall = ['Lambda.TooManyRequestsException'];
const whenever = [
  'Lambda.AWSLambdaException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.SdkClientException',
  'Lambda.ServiceException',
];

describe('the workflow of the documentation', () => {
  it.each(tasks)('repeats %s at just the errors that may be repeated', (_, { Arguments, Retry = [] }) => {
    const method = catalogue.find(({ name }) => Arguments?.FunctionName.endsWith(`:${name}`));
    const names = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
    const ofLambda = method?.idempotent ? [...beforeTheCall, ...whenever] : beforeTheCall;
    expect(names.filter((name) => !name.startsWith('Lambda.')).sort()).toEqual([...retryable].sort());
    expect(names.filter((name) => name.startsWith('Lambda.')).sort()).toEqual([...ofLambda].sort());
  });

  it.each(tasks)('catches, after %s, errors that there are, and all others last', (_, { Catch = [] }) => {
    const known = ['States.Timeout', ...errorCatalogue.map(({ name }) => name)];
    const names = Catch.map(({ ErrorEquals }) => ErrorEquals);
    expect(names.at(-1)).toEqual(['States.ALL']);
    expect(
      names
        .slice(0, -1)
        .flat()
        .filter((name) => !known.includes(name)),
    ).toEqual([]);
  });

  it.each(tasks)(
    'gives %s members that its method has, those that are required among them',
    async (_, { Arguments }) => {
      const method = catalogue.find(({ name }) => Arguments?.FunctionName.endsWith(`:${name}`));
      if (method === undefined || Arguments === undefined) throw new Error('no such function');
      const values = Object.keys(Arguments.Payload).map((member) => [
        member,
        Reflect.get(method.example.input ?? {}, member),
      ]);
      expect(method.input().safeParse(Object.fromEntries(values)).success).toBe(true);
    },
  );

  it('leads from its start to every state, and to no other', () => {
    const nextOf = ({ Next, Catch = [] }: State) =>
      [Next, ...Catch.map((one) => one.Next)].filter((next) => next !== undefined);
    const reached = new Set([StartAt]);
    for (const name of reached) for (const next of nextOf(States[name] ?? { Type: 'none' })) reached.add(next);
    expect([...reached].sort()).toEqual(Object.keys(States).sort());
  });
});
