/** Runs the scripts of `package.json`: reads the command line, prints the help, and ends with a status. */
import { parseArgs } from 'node:util';
import { CommandError, UsageError } from './errors.ts';
import { helpText } from './help-text.ts';

/** An option of a command, in the form of `parseArgs`, with its line of the help. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** The name of the value in the help, such as `port`. Required for a string. */
  readonly value?: string;
  readonly help: string;
  /** Also printed in the help. @default - none */
  readonly default?: string;
  /** Whether the command needs the option. @default false */
  readonly required?: true;
}

/** The options of a command by name. */
export type Options = Readonly<Record<string, Option>>;

/** The description of a command. */
export interface Command<T extends Options> {
  /** How the command is called, such as `npm run bench`. */
  readonly name: string;
  /** The purpose, in a sentence or two. */
  readonly summary: string;
  readonly options: T;
  /** The value that is given without an option. @default - none */
  readonly argument?: Argument;
  /** The arguments of the example. */
  readonly example: string;
  /** More to know, printed before the example. */
  readonly notes?: string;
}

/** A value that is given without an option. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  /** Whether it may be given more than once. @default false */
  readonly many?: true;
}

/** The values of the options, and the values without an option. */
export type Given<T extends Options> = ReturnType<typeof readArguments<T>>;

/**
 * Runs a command, and sets the status of the process: 0, or the number that `main` returns; 1 for a {@link CommandError} or
 * a file that can’t be used; 2 for a {@link UsageError}.
 *
 * `--help` prints the help, and `main` is not called.
 *
 * @param main gets the values of the options. It may throw any error. Only unexpected errors are printed with a stack
 * @example
 * await runCommand({ name: 'npm run site', summary: 'Writes the page.', options: {}, example: '' }, writePage);
 */
export async function runCommand<const T extends Options>(
  command: Command<T>,
  main: (given: Given<T>) => Promise<number | undefined>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) return console.log(helpText(command));
  try {
    process.exitCode = (await main(readArguments(command, args))) ?? 0;
  } catch (error) {
    process.exitCode = reported(error, command.name);
  }
}

/**
 * Reads the command line of a script that has no main function. It ends the process after `--help`, and with status 2 if
 * the command line is not valid.
 *
 * @example
 * const { positionals } = scriptArguments({ name: 'npm run races', summary: 'Runs races.', options: {}, example: '' });
 */
export function scriptArguments<const T extends Options>(command: Command<T>): Given<T> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(helpText(command));
    process.exit(0);
  }
  try {
    return readArguments(command, args);
  } catch (error) {
    process.exit(reported(error, command.name));
  }
}

/**
 * Reads a whole number that is given without an option.
 *
 * @param text as it was given, or `undefined` for the default
 * @example
 * const [count] = positionals;
 * wholeNumberOr(count, 'races', 500)
 */
export function wholeNumberOr(text: string | undefined, name: string, fallback: number): number {
  return text === undefined ? fallback : wholeNumber(text, name, 1);
}

/**
 * Prints an error for a person.
 *
 * @param name how the command is called
 * @returns the status of the process
 * @throws the error, if it is unexpected
 */
export function reported(error: unknown, name: string): number {
  if (error instanceof UsageError) {
    const isLine = !error.message.includes('\n');
    console.error(`${error.message}${isLine ? ' ' : '\n'}See ${name} -- --help.`);
    return 2;
  }
  if (!(error instanceof CommandError) && !isOfFile(error)) throw error;
  console.error(error.message);
  return 1;
}

/** Whether the operating system refused a file or folder. The message has the reason and the path. */
function isOfFile(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

/**
 * Reads a command line.
 *
 * @throws UsageError for an unknown option, for a missing one, and for a value too many
 */
function readArguments<const T extends Options>({ options, argument }: Command<T>, args: readonly string[]) {
  const { values, positionals } = parsed(options, args);
  const [extra] = argument === undefined ? positionals : argument.many ? [] : positionals.slice(1);
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'.`);
  const missing = Object.keys(options).find((name) => options[name]?.required && !Object.hasOwn(values, name));
  if (missing !== undefined) throw new UsageError(`--${missing} is required.`);
  return { values, positionals };
}

function parsed<const T extends Options>(options: T, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UsageError(`${reason.replace(/\.? To specify .*$|\.$/, '')}.`);
  }
}

/**
 * Reads a whole number.
 *
 * @param text as it was given
 * @param name of the option or value, for the error
 * @throws UsageError if it is not one in the range
 */
export function wholeNumber(text: string, name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  throw new UsageError(`${name} must be a whole number, ${range}, not ${JSON.stringify(text)}.`);
}
