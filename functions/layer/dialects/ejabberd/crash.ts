/** Tells a command that crashes from a connection that breaks: ejabberd closes the connection without an answer in both cases. */
import { ConnectionLostError } from '../../errors/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Command } from '../command.ts';
import type { Run } from '../run-command.ts';
import { checkAccount } from './commands.ts';

/** The local part of a user that does not exist, for calls that must change nothing. */
export const GHOST = 'rostbeef-probe';

/** The result of a command, or the error of its lost connection if it crashed. */
type AnswerOrCrash<T> = { readonly answer: T } | { readonly crash: ConnectionLostError };

/**
 * Runs a command that crashes on a vhost without its module. If its connection is lost twice, and another command is
 * answered, it has crashed.
 *
 * @throws what the commands throw; ConnectionLostError if the server answers nothing
 */
export async function orCrash<T>(run: Run, command: Command<T>, vhost: string): Promise<AnswerOrCrash<T>> {
  try {
    return { answer: await run(command).catch(ifLost(() => run(command, { fresh: true }))) };
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    const ghost: Jid = { local: GHOST, domain: vhost, resource: '' };
    await run(checkAccount(ghost), { fresh: true });
    return { crash: error };
  }
}

function ifLost<T>(again: () => Promise<T>): (error: unknown) => Promise<T> {
  return (error) => {
    if (error instanceof ConnectionLostError) return again();
    throw error;
  };
}
