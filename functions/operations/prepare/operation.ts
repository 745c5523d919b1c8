/** Checks the request of a line, and makes it an operation of the state machine. */
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
  /** The name of the run. */
  readonly run: string;
  /** The number of the line in the file of the first run. */
  readonly line: number;
  readonly method: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The request of a line. It is not checked yet. */
export interface Request {
  readonly line: number;
  readonly method: unknown;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The identity of a run. */
export interface Run {
  /** The name of the run. It is a part of each stanza's idempotency key. */
  readonly name: string;
  /** Whether an idempotency table is configured. */
  readonly keepsKeys: boolean;
}

/** The reason why a line is not an operation. The message quotes nothing of the line. */
export class BadLineError extends Error {
  override readonly name = 'BadLineError';
}

/**
 * The largest operation, in bytes of JSON. Step Functions accepts inputs of 262,144 bytes, and the state for an unknown
 * outcome adds the error to the input.
 */
export const MAX_OPERATION_BYTES = 245_760;

const schemas: ReadonlyMap<string, { readonly name: MethodName; readonly schema: ReturnType<Method['input']> }> =
  new Map(
    catalogue
      .filter(({ writes }) => writes)
      .map((method) => [method.name, { name: method.name, schema: method.input() }]),
  );

/** The names of the methods that a line may request. */
export const METHODS: readonly string[] = [...schemas.keys()];

/** The names of the members that the inputs of these methods may have. */
export const MEMBERS: readonly string[] = [
  ...new Set([...schemas.values()].flatMap(({ schema }) => [...membersOf(schema)])),
];

/**
 * Checks a request by the schema of its method, and gives a stanza its idempotency key.
 *
 * The key of a stanza is its `idempotencyKey`. The default consists of the run's name and the line. The operation holds the
 * key, so that a later run of the operation uses it again.
 *
 * @throws BadLineError if the request is not valid. The message quotes nothing of the line
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
