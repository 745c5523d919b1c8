/** Executes state machines in JSONata as Step Functions does: data, retriers, catchers, limits and redrives. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import jsonata from 'jsonata';
import pLimit from 'p-limit';
import { type Graph, type Matcher, type Processor, readDefinition, type State } from './definition.ts';

/** The services that the states call, and the speed of time. */
export interface World {
  /** Does a task by its `Resource`. @throws StateError */
  call(resource: string, args: unknown): Promise<unknown>;
  /** Begins a distributed map: `run` is to be called with each item. @throws StateError */
  mapRun(state: State, reader: unknown, writer: unknown, run: (item: unknown) => Promise<unknown>): Promise<Execution>;
  /** Milliseconds that a second of a retrier lasts. */
  readonly secondMs: number;
}

/** A failure by its name, which states can catch. An execution that nothing caught it in ends with it. */
export class StateError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Runs to the end. If that failed, another call redrives it from the state that failed. @throws StateError if it fails */
export type Execution = () => Promise<unknown>;

/** Begins an execution of this name. */
export function begin(definition: string, input: unknown, name: string, world: World): Execution {
  return execution(readDefinition(definition), input, { name, variables: {}, world });
}

/** The data that the states of one execution or iteration share. */
interface Scope {
  readonly name: string;
  variables: object;
  readonly world: World;
  /** The maps that failed. */
  readonly maps: Map<State, Execution>;
}

/** The value of `$states` in an expression. */
type Known = Readonly<Record<string, unknown>>;

function execution({ StartAt, States }: Graph, input: unknown, shared: Omit<Scope, 'maps'>): Execution {
  const scope = { ...shared, maps: new Map<State, Execution>() };
  let [name, value]: [string | undefined, unknown] = [StartAt, input];
  return async () => {
    while (name !== undefined) {
      const state = States[name];
      if (state === undefined) throw new Error(`expected a state ${name}`);
      const known = { input: limited(value), context: { Execution: { Name: scope.name } } };
      const step = await attempts(state, known, scope);
      [name, value] = [step.next, limited(step.output)];
    }
    return value;
  };
}

const MAX_BYTES = 262_144;

function limited(value: unknown): unknown {
  if (Buffer.byteLength(JSON.stringify(value)) <= MAX_BYTES) return value;
  throw new StateError('States.DataLimitExceeded', `expected at most ${MAX_BYTES} bytes`);
}

/** Does the work of a state, again if a retrier says so, and goes where a catcher says if it fails for good. */
async function attempts(state: State, known: Known, scope: Scope) {
  const counts = new Map<unknown, number>();
  for (;;) {
    try {
      const result = await work(state, known, scope);
      return await leave(state, { ...known, result }, result, scope, await nextOf(state, known, scope));
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const { name, message } = error;
      const matches = ({ ErrorEquals }: Matcher) =>
        ErrorEquals.includes(name) || (ErrorEquals.includes('States.ALL') && name !== 'States.DataLimitExceeded');
      const retrier = state.Retry?.find(matches);
      const count = counts.get(retrier) ?? 0;
      if (retrier !== undefined && count < retrier.MaxAttempts) {
        counts.set(retrier, count + 1);
        scope.maps.delete(state);
        await sleep(Math.random() * retrier.IntervalSeconds * retrier.BackoffRate ** count * scope.world.secondMs);
        continue;
      }
      const catcher = state.Catch?.find(matches);
      if (catcher === undefined) throw error;
      scope.maps.delete(state);
      const errorOutput = { Error: name, Cause: message };
      return leave({ Output: catcher.Output }, { ...known, errorOutput }, errorOutput, scope, catcher.Next);
    }
  }
}

/** Runs a state once, and returns its result. */
async function work(state: State, known: Known, scope: Scope): Promise<unknown> {
  const { Type, Resource = '', ItemProcessor, Cause = '' } = state;
  const fill = (value: unknown) => filled(value, known, scope);
  if (Type === 'Fail') throw new StateError(String(await fill(state.Error)), String(await fill(Cause)));
  if (Type === 'Task') {
    const args = limited(await fill(state.Arguments));
    return within(state.TimeoutSeconds, scope.world.call(Resource, args));
  }
  if (ItemProcessor === undefined) return known['input'];
  const map = scope.maps.get(state) ?? (await mapOf(state, ItemProcessor, known, scope));
  scope.maps.set(state, map);
  const result = await map();
  scope.maps.delete(state);
  return result;
}

async function mapOf(state: State, processor: Processor, known: Known, scope: Scope): Promise<Execution> {
  const fill = (value: unknown) => filled(value, known, scope);
  const { world } = scope;
  if (processor.ProcessorConfig.Mode === 'DISTRIBUTED') {
    return world.mapRun(state, await fill(state.ItemReader), await fill(state.ResultWriter), (item) =>
      execution(processor, item, { name: randomUUID(), variables: {}, world })(),
    );
  }
  const items = [await fill(state.Items)].flat();
  const iterations = items.map((item) => execution(processor, item, scope));
  const limit = pLimit(state.MaxConcurrency ?? 40);
  return async () => {
    const ends = await Promise.allSettled(iterations.map((iteration) => limit(iteration)));
    return ends.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
  };
}

async function nextOf({ Type, Choices = [], Default, Next }: State, known: Known, scope: Scope) {
  if (Type !== 'Choice') return Next;
  for (const choice of Choices) if (await filled(choice.Condition, known, scope)) return choice.Next;
  if (Default === undefined) throw new StateError('States.NoChoiceMatched', 'no condition holds');
  return Default;
}

async function within(seconds: number | undefined, result: Promise<unknown>): Promise<unknown> {
  if (seconds === undefined) return result;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new StateError('States.Timeout', `${seconds} s`)), seconds * 1000);
  return Promise.race([result, promise]).finally(() => clearTimeout(timer));
}

/** Leaves a state. Variables are set after everything is computed. */
async function leave(
  state: Pick<State, 'Output' | 'Assign'>,
  known: Known,
  result: unknown,
  scope: Scope,
  next?: string,
) {
  const output = state.Output === undefined ? result : await filled(state.Output, known, scope);
  scope.variables = { ...scope.variables, ...Object(await filled(state.Assign ?? {}, known, scope)) };
  return { output, next };
}

const compiled = new Map<string, jsonata.Expression>();

/** A value with each `{% … %}` in it evaluated. */
async function filled(value: unknown, states: Known, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => filled(each, states, scope)));
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(async ([name, part]) => [name, await filled(part, states, scope)]);
    return Object.fromEntries(await Promise.all(parts));
  }
  const [, text] = (typeof value === 'string' && /^\{%(.*)%\}$/s.exec(value)) || [];
  if (text === undefined) return value;
  const expression = compiled.get(text) ?? jsonata(text);
  compiled.set(text, expression);
  const result = await expression.evaluate(null, { ...scope.variables, states }).catch(({ message }) => {
    throw new StateError('States.QueryEvaluationError', `${message} in ${text}`);
  });
  if (result === undefined) throw new StateError('States.QueryEvaluationError', `no value of ${text}`);
  return JSON.parse(JSON.stringify(result));
}
