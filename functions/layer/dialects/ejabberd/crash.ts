/** Tells a crash of a command from a broken connection. In both cases, the connection ends without a response. */
import { ConnectionLostError } from '../../errors/index.ts';
import type { Command } from '../command.ts';
import type { Run } from '../run-command.ts';
import { checkAccount } from './commands.ts';
import { missingUser } from './probe-users.ts';

/** The result of a command, or the error of its lost connection if it crashed. */
type AnswerOrCrash<T> = { readonly answer: T } | { readonly crash: ConnectionLostError };

/**
 * Runs a command that crashes on a vhost without its module. If the connection is lost twice, and the server then answers
 * another command, the command has crashed.
 *
 * @param run runs a command. The permission for `check_account` is required
 * @param vhost the vhost of the command
 * @throws ConnectionLostError if the server answers no command
 * @throws RostbeefError if a command fails in another way
 * @example
 * const outcome = await orCrash(run, listSharedGroups('example.com'), 'example.com');
 * 'crash' in outcome // true on a vhost without mod_shared_roster
 */
export async function orCrash<T>(run: Run, command: Command<T>, vhost: string): Promise<AnswerOrCrash<T>> {
  try {
    return { answer: await run(command).catch(ifLost(() => run(command, { fresh: true }))) };
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    await run(checkAccount(missingUser(vhost)), { fresh: true });
    return { crash: error };
  }
}

function ifLost<T>(again: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof ConnectionLostError) return again();
    throw error;
  };
}
