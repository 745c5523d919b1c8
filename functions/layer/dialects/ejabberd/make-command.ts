/** Makes commands of the usual kinds. All of them may be repeated. */
import { errorOfCode } from '../../errors/index.ts';
import { resultCode } from '../answer-shape.ts';
import type { Command } from '../command.ts';

/** A command that reads. */
export function read<T>(name: string, args: Command<T>['args'], reader: Command<T>['read']): Command<T> {
  return { name, args, host: vhostIn(args), idempotent: true, read: reader };
}

/** A command that writes, and answers 0 if it did. */
export function write(name: string, args: Command<void>['args']): Command<void> {
  return read(name, args, (answer) => {
    const code = resultCode(answer);
    if (code !== 0) throw errorOfCode(code);
  });
}

/** The same command, few at a time, because its answer grows with a roster or with the sessions of the server. */
export function large<T>(command: Command<T>): Command<T> {
  return { ...command, large: true };
}

/** A roster command names its owner's vhost `localhost`, and the contact's domain `host`. */
function vhostIn({ localhost, host }: Command<unknown>['args']): string | undefined {
  const vhost = localhost ?? host;
  return typeof vhost === 'string' ? vhost : undefined;
}
