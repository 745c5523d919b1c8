import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type IdempotencyKey, KEY_FORM, KEY_FORM_PROBLEM, keyId, sendStanza } from 'rostbeef-layer';
import { UsageError } from '../command/errors.ts';

/** The options of the command. */
export interface FreeKeyOptions {
  /** The table's name or ARN. */
  readonly table: string;
  /** The id of the key's record. */
  readonly id: string;
  /** The operator, for the line that is printed. */
  readonly by: string;
  /** Whether to change nothing. */
  readonly dryRun: boolean;
}

/** The text that `--help` prints. */
export const usage = `Usage: npm run free-key -- --table <table> (--key <key> [--source <source>] | --id <id>) [--by <name>] [--dry-run]

Frees one idempotency key of send_stanza, so that the next call with it sends again. First make sure that the
stanza was not sent, or that a second copy does no harm. A key that a call is working on is refused.

  --table <table>     the name or ARN of the table of idempotency keys
  --key <key>         the key
  --source <source>   where the key comes from (default: idempotencyKey)
                        idempotencyKey   the caller: the member, or the header Idempotency-Key
                        messageId        the id of an SQS message whose body is a plain input
                        event            the id of an EventBridge event, also of one on a queue
  --id <id>           instead of --key: the id in a log line or an error
  --by <name>         the operator, for the record (default: the user who is logged in)
  --dry-run           print the key's state and free nothing
  --help              print this

Prints one line of JSON with the outcome, the operator and the access key. Keep it.
Ends with status 0 if the key was freed, 1 if it was not, 2 if the command line is wrong.

Requires dynamodb:GetItem and dynamodb:DeleteItem on the table. Credentials and Region are found as the AWS CLI finds
them (AWS_PROFILE, AWS_REGION, …). The ARN of a table includes the Region.

Example: npm run free-key -- --table rostbeef-dev-keys --key order-4711 --dry-run`;

const OPTIONS = {
  table: { type: 'string' },
  key: { type: 'string' },
  source: { type: 'string' },
  id: { type: 'string' },
  by: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const SOURCES: Readonly<Record<string, IdempotencyKey['source']>> = {
  idempotencyKey: 'idempotencyKey',
  messageId: 'messageId',
  event: 'event id',
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html */
const TABLE = /^(?:arn:[\w:-]+:table\/)?[\w.-]{3,255}$/;
const ID = /^[\w-]{43}$/;

/**
 * Reads the command line.
 *
 * @returns the options, or `undefined` for `--help`
 * @throws UsageError that lists every problem, a line each
 * @example
 * readOptions(['--table', 'keys', '--key', '7bf73129-1428-4cd3-a780-95db273d1602', '--source', 'event'])
 */
export function readOptions(args: readonly string[]): FreeKeyOptions | undefined {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (values['help'] === true) return undefined;
  const problems = positionals.map(
    (word) => `${JSON.stringify(word)} is not expected; give each value after its option`,
  );
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!Object.hasOwn(OPTIONS, name)) problems.push(`${rawName} is not an option`);
    else if (given.has(name)) problems.push(`${rawName} is given twice`);
    else if (name === 'dry-run' && value !== undefined) problems.push('--dry-run takes no value');
    else if (name !== 'dry-run' && !value?.trim()) problems.push(`${rawName} needs a value`);
    given.set(name, value ?? '');
  }
  const { by = userName() } = Object.fromEntries(given);
  const options = { table: tableOf(given, problems), id: idOf(given, problems), by, dryRun: given.has('dry-run') };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return options;
}

function tableOf(given: ReadonlyMap<string, string>, problems: string[]): string {
  const table = given.get('table');
  if (table === undefined) problems.push('--table is required: the name or ARN of the table of idempotency keys');
  else if (table !== '' && !TABLE.test(table)) problems.push('--table must be the name or ARN of a DynamoDB table');
  return table ?? '';
}

function idOf(given: ReadonlyMap<string, string>, problems: string[]): string {
  const [id, key, source = 'idempotencyKey'] = [given.get('id'), given.get('key'), given.get('source')];
  if (id === undefined && key === undefined) problems.push('--key or --id is required');
  if (id !== undefined && key !== undefined) problems.push('--key and --id exclude each other: give one');
  if (id !== undefined && given.has('source')) problems.push('--source belongs to --key: leave it out with --id');
  if (id && !ID.test(id)) problems.push('--id must be the 43 characters that a log line or an error names');
  const known = Object.hasOwn(SOURCES, source) ? SOURCES[source] : undefined;
  if (known === undefined && source !== '') {
    problems.push(`--source must be one of ${Object.keys(SOURCES).join(', ')}, not ${JSON.stringify(source)}`);
  }
  if (key && known === 'idempotencyKey' && !KEY_FORM.test(key)) problems.push(`--key ${KEY_FORM_PROBLEM}`);
  return id ?? keyId(sendStanza.name, { source: known ?? 'idempotencyKey', value: key ?? '' });
}

/** A container may run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
