/** The part of the Amazon States Language that is executed here. A state or a field that is not in it is refused. */

/** A state, with the fields of every type. */
export interface State extends Partial<Readonly<Record<'Next' | 'Resource' | 'Default' | 'Error' | 'Cause', string>>> {
  readonly Type: string;
  readonly Output?: unknown;
  readonly Assign?: unknown;
  readonly Arguments?: unknown;
  readonly Items?: unknown;
  readonly ItemReader?: unknown;
  readonly ResultWriter?: unknown;
  readonly TimeoutSeconds?: number;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly Retry?: readonly (Matcher & Readonly<Record<'MaxAttempts' | 'IntervalSeconds' | 'BackoffRate', number>>)[];
  readonly Catch?: readonly (Matcher & { readonly Next: string; readonly Output?: unknown })[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly ItemProcessor?: Processor;
}

/** The members that a retrier and a catcher share. */
export interface Matcher {
  readonly ErrorEquals: readonly string[];
}

/** States, and where they begin. */
export interface Graph {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The states of a map's iterations. */
export type Processor = Graph & { readonly ProcessorConfig: { readonly Mode: string } };

const COMMON = 'Type Comment QueryLanguage Next End Output Assign';
const FIELDS: Readonly<Record<string, string>> = {
  Machine: 'Comment QueryLanguage StartAt States TimeoutSeconds',
  ItemProcessor: 'ProcessorConfig StartAt States',
  ProcessorConfig: 'Mode ExecutionType',
  Choices: 'Condition Next',
  Retry: 'ErrorEquals MaxAttempts IntervalSeconds BackoffRate JitterStrategy',
  Catch: 'ErrorEquals Next Output',
  ItemReader: 'Resource ReaderConfig Arguments',
  ResultWriter: 'Resource WriterConfig Arguments',
  Task: `${COMMON} Resource Arguments Retry Catch TimeoutSeconds`,
  Map: `${COMMON} Items ItemProcessor MaxConcurrency ItemReader ResultWriter ToleratedFailurePercentage Label`,
  Choice: `${COMMON} Choices Default`,
  Pass: COMMON,
  Succeed: 'Type Comment QueryLanguage Output',
  Fail: 'Type Comment QueryLanguage Error Cause',
};

/** Reads the text of a state machine. @throws Error if it has a state or a field that is not executed here */
export function readDefinition(text: string): Graph {
  const machine: Graph = JSON.parse(text);
  demandKnown('Machine', machine);
  return machine;
}

function demandKnown(kind: string, value: object): void {
  for (const [field, part] of Object.entries(value)) {
    if (!FIELDS[kind]?.split(' ').includes(field)) throw new Error(`expected a ${kind} without ${field}`);
    if (field === 'QueryLanguage' && part !== 'JSONata') throw new Error(`expected JSONata, and not ${part}`);
    if (field === 'States') for (const state of Object.values<State>(part)) demandKnown(state.Type, state);
    else if (field in FIELDS) for (const each of [part].flat()) demandKnown(field, each);
  }
}
