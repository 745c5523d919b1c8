/** `rostbeef link` and `rostbeef unlink`. */
import { Command } from 'commander';
import type { Io } from './io.ts';
import { userOf, writeResult } from './results.ts';
import { styled } from './style.ts';
import { clientOf, type TargetOptions, withTarget } from './target.ts';

interface LinkOptions extends TargetOptions {
  readonly nick1?: string;
  readonly nick2?: string;
  readonly group1?: string;
  readonly group2?: string;
}

/** Puts two users into each other's rosters. */
export function linkCommand(io: Io): Command {
  const command = new Command('link')
    .description('Puts two users into each other’s rosters.')
    .argument('<jid1>', 'the first user, such as alice@example.com')
    .argument('<jid2>', 'the second user')
    .option('--nick1 <name>', 'the name of jid1 in the roster of jid2 (default: the part of jid1 before "@")')
    .option('--nick2 <name>', 'the name of jid2 in the roster of jid1 (default: the part of jid2 before "@")')
    .option('--group1 <group>', 'the group of jid1 in the roster of jid2; "" clears its groups')
    .option('--group2 <group>', 'the group of jid2 in the roster of jid1; "" clears its groups');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef link alice@example.com dave@example.com --nick1 Alice --nick2 Dave')
    .action(async (jid1: string, jid2: string, options: LinkOptions) => {
      const { nick1 = userOf(jid1).user, nick2 = userOf(jid2).user, group1, group2 } = options;
      const input = { jid1, nick1, jid2, nick2, group1, group2 };
      const result = await (await clientOf(options)).linkContacts(input);
      writeResult(io, result, () => io.out.write(`${styled(io.out, 'green', 'linked')} ${jid1} and ${jid2}\n`));
    });
}

/** Removes two users from each other's rosters. */
export function unlinkCommand(io: Io): Command {
  const command = new Command('unlink')
    .description('Removes two users from each other’s rosters.')
    .argument('<jid1>', 'the first user, such as alice@example.com')
    .argument('<jid2>', 'the second user');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef unlink alice@example.com dave@example.com')
    .action(async (jid1: string, jid2: string, options: TargetOptions) => {
      // One of the two may be a JID without a local part, such as a gateway.
      if (!jid2.includes('@')) userOf(jid1);
      const result = await (await clientOf(options)).unlinkContacts({ jid1, jid2 });
      writeResult(io, result, () => io.out.write(`${styled(io.out, 'green', 'unlinked')} ${jid1} and ${jid2}\n`));
    });
}
