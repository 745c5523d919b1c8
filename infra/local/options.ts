import { type Command, type Given, type Options as OptionSet, wholeNumber } from '../command/command.ts';
import { UsageError } from '../command/errors.ts';

/** The options of `npm start`. */
export interface Options {
  readonly port: number;
  /** The server’s dialect. `undefined` means that of `EJABBERD_DIALECT`. */
  readonly dialect: string | undefined;
  /** Whether a table keeps the keys of `send_stanza`, in memory. */
  readonly idempotency: boolean;
  /** Whether to print the log lines of the functions as they are. */
  readonly verbose: boolean;
}

const OPTIONS = {
  port: { type: 'string', value: 'port', help: 'the port; 0 finds a free one (default: PORT, or 3000)' },
  dialect: {
    type: 'string',
    value: 'dialect',
    help: 'the server’s dialect: ejabberd, or rostbeef for a classic server (default: EJABBERD_DIALECT, or ejabberd)',
  },
  idempotency: {
    type: 'boolean',
    help: 'keep the keys of send_stanza, in a table that lasts as long as this process',
  },
  verbose: { type: 'boolean', help: 'print the log lines of the functions too, in JSON as CloudWatch gets them' },
} as const satisfies OptionSet;

/** Describes `npm start`. */
export const START: Command<typeof OPTIONS> = {
  name: 'npm start',
  summary: 'Runs the functions on this machine, as they would be deployed, behind a gateway on 127.0.0.1.',
  options: OPTIONS,
  notes:
    'The functions call the server at EJABBERD_URL, or an embedded server in memory without it. Other settings of the ' +
    'functions (EJABBERD_…, AWS_…) apply in both cases. Each call prints one line. Ends with status 1 if the settings ' +
    'are not valid, 2 if the command line is wrong.',
  example: '--port 8080',
};

const DEFAULT_PORT = '3000';
const DIALECTS: readonly string[] = ['ejabberd', 'rostbeef'];

/** Reads the options, `PORT`, and whether there is a table already. @throws UsageError */
export function optionsOf(
  { values }: Given<typeof OPTIONS>,
  shell: Readonly<Record<string, string | undefined>>,
): Options {
  const { PORT, EJABBERD_IDEMPOTENCY_TABLE } = shell;
  const { port = PORT || DEFAULT_PORT, dialect, idempotency = false, verbose = false } = values;
  if (dialect !== undefined && !DIALECTS.includes(dialect)) {
    throw new UsageError(`The dialect must be ejabberd or rostbeef, not ${JSON.stringify(dialect)}.`);
  }
  if (idempotency && EJABBERD_IDEMPOTENCY_TABLE) {
    throw new UsageError('--idempotency makes a table of its own, so EJABBERD_IDEMPOTENCY_TABLE must not be set.');
  }
  return { port: wholeNumber(port, 'The port', 0, 65_535), dialect, idempotency, verbose };
}
