/** Creates the usual kinds of commands. All of them may be repeated. */
import { errorOfCode } from '../../errors/index.ts';
import { resultCode } from '../answer-shape.ts';
import type { Command } from '../command.ts';

/** Creates a command that reads. */
export function read<T>(name: string, args: Command<T>['args'], reader: Command<T>['read']): Command<T> {
  return { name, args, host: vhostIn(args), idempotent: true, read: reader };
}

/** Creates a command that writes. Its response is 0 if the write was done. */
export function write(name: string, args: Command<void>['args']): Command<void> {
  return read(name, args, (answer) => {
    const code = resultCode(answer);
    if (code !== 0) throw errorOfCode(code);
  });
}

/** Marks a command whose response grows with a roster or with the sessions of the server. Few of them run at a time. */
export function large<T>(command: Command<T>): Command<T> {
  return { ...command, large: true };
}

/** In a roster command, `localhost` is the vhost of the owner, and `host` is the domain of the contact. */
function vhostIn({ localhost, host }: Command<unknown>['args']): string | undefined {
  const vhost = localhost ?? host;
  return typeof vhost === 'string' ? vhost : undefined;
}
