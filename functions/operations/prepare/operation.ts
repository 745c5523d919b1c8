/** An operation as the state machine takes it, and the checks that make one of what a line holds. */
import {
  catalogue,
  type IdempotencyKey,
  InvalidInputError,
  isObject,
  type Method,
  type MethodName,
  membersOf,
  parseInput,
} from 'rostbeef-layer';

/** One item of the map. */
export interface Operation {
  /** The run that does it. */
  readonly run: string;
  /** The line of the first run's file. */
  readonly line: number;
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The request of a line before it is checked. */
export interface Request {
  readonly line: number;
  readonly method: unknown;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The identity of a run. */
export interface Run {
  /** Its name, which a stanza's key is made of. */
  readonly name: string;
  /** Whether a table keeps idempotency keys. */
  readonly keepsKeys: boolean;
}

/** Why a line is no operation. The message does not hold what the line says. */
export class BadLineError extends Error {
  override readonly name = 'BadLineError';
}

/**
 * The most bytes of an operation as JSON. Step Functions takes 262,144 as the input of an execution, and the state that
 * keeps an unknown outcome adds the error to it.
 */
export const MAX_OPERATION_BYTES = 245_760;

const schemas: ReadonlyMap<string, { readonly name: MethodName; readonly schema: ReturnType<Method['input']> }> =
  new Map(
    catalogue
      .filter(({ writes }) => writes)
      .map((method) => [method.name, { name: method.name, schema: method.input() }]),
  );

/** The methods that a line may ask for. */
export const METHODS: readonly string[] = [...schemas.keys()];

/** The members that their inputs may have. */
export const MEMBERS: readonly string[] = [
  ...new Set([...schemas.values()].flatMap(({ schema }) => [...membersOf(schema)])),
];

/**
 * Checks a request by the schema of its method, and gives a stanza its key.
 *
 * A stanza's key is its own `idempotencyKey`, or else made of the run's name and the line. It is in the operation, so a
 * later run that reads the operation keeps it.
 *
 * @throws BadLineError that says what is wrong, without a value of the line
 * @example
 * operationOf({ line: 7, method: 'send_stanza', input }, { name: 'june', keepsKeys: true }).input.idempotencyKey // 'june/7'
 */
export function operationOf({ line, method, input }: Request, { name, keepsKeys }: Run): Operation {
  const schema = schemas.get(String(method));
  if (schema === undefined) throw new BadLineError(`method must be one of ${METHODS.join(', ')}`);
  const isStanza = schema.name === 'send_stanza';
  if (isStanza && !keepsKeys) {
    throw new BadLineError('send_stanza needs the table of idempotency keys: deploy with idempotency=true');
  }
  const keyed = isStanza ? { idempotencyKey: keyOf(name, line), ...input } : input;
  const operation = { run: name, line, method: schema.name, input: validated(schema, keyed) };
  if (Buffer.byteLength(JSON.stringify(operation)) > MAX_OPERATION_BYTES) {
    throw new BadLineError(`has more than ${MAX_OPERATION_BYTES} bytes as JSON`);
  }
  return operation;
}

function keyOf(run: string, line: number): IdempotencyKey['value'] {
  return `${run}/${line}`;
}

function validated(schema: Parameters<typeof parseInput>[0], input: unknown): Operation['input'] {
  try {
    const valid = parseInput(schema, input);
    return isObject(valid) ? valid : {};
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new BadLineError((error.issues ?? []).map(({ path, message }) => `${path} ${message}`.trim()).join('; '));
  }
}
