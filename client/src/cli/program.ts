/** The command `rostbeef`. */
import { Command, CommanderError } from 'commander';
import project from '../../package.json' with { type: 'json' };
import { bridgeCommand } from './bridge.ts';
import { bulkCommand } from './bulk/command.ts';
import { linkCommand, unlinkCommand } from './contacts.ts';
import { EXIT, type ExitCode, reportFailure } from './failures.ts';
import type { Io } from './io.ts';
import { presenceCommand, resourcesCommand, rosterCommand } from './reading.ts';
import { sendCommand } from './send.ts';

/**
 * Runs one command line.
 *
 * @param args what follows the command's own name
 * @returns the exit code: 0 done, 1 refused, 2 wrong usage, 75 try again
 */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  const program = new Command('rostbeef')
    .description('Manages ejabberd rosters, reads presence and sends stanzas, through the rostbeef functions.')
    .version(project.version)
    .addHelpText('after', SEE);
  for (const command of [
    linkCommand(io),
    unlinkCommand(io),
    rosterCommand(io),
    presenceCommand(io),
    resourcesCommand(io),
    sendCommand(io),
    bulkCommand(io),
    bridgeCommand(io),
  ]) {
    program.addCommand(command);
  }
  for (const command of [program, ...program.commands]) {
    const name = command === program ? 'rostbeef' : `rostbeef ${command.name()}`;
    command
      .showHelpAfterError(`See ${name} --help.`)
      .exitOverride()
      .configureOutput({
        writeOut: (text) => io.out.write(text),
        writeErr: (text) => io.err.write(text),
        getOutHelpWidth: () => io.out.columns,
        getErrHelpWidth: () => io.err.columns,
      });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT.done;
  } catch (error) {
    // Commander has written the message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return reportFailure(error, io.err);
  }
}

const SEE = `
Without --url and --lambda, commands call the local gateway at http://127.0.0.1:3000.
Exit codes: 0 done, 1 refused, 2 wrong usage, 75 try again later.
Help on one command: rostbeef <command> --help

Example:
  $ rostbeef roster alice@example.com --presence`;
