/** `rostbeef bulk`. */
import { Command } from 'commander';
import { EXIT, Exit, type ExitCode, exitCodeOf, reportFailure, UsageError } from '../failures.ts';
import type { Io } from '../io.ts';
import { writeResult } from '../results.ts';
import { styled } from '../style.ts';
import { clientOf, type TargetOptions, withTarget } from '../target.ts';
import { runBulk, type Summary } from './run.ts';

interface BulkOptions extends TargetOptions {
  readonly concurrency: number;
  readonly resume?: string;
}

/** Runs every operation of a file. */
export function bulkCommand(io: Io): Command {
  const command = new Command('bulk')
    .description('Runs every line of a CSV file: links, unlinks and stanzas.')
    .argument('<file>', 'a CSV file; its first line names the columns')
    .option('--concurrency <n>', 'how many lines at a time', wholeNumber, 5)
    .option('--resume <state>', 'go on with a run that was interrupted');
  return withTarget(command)
    .addHelpText('after', HELP)
    .action(async (file: string, options: BulkOptions) => {
      const client = await clientOf(options);
      const { concurrency, resume } = options;
      const summary = await runBulk({ file, client, concurrency, resume, io });
      writeResult(io, publicPart(summary), () => writeSummary(io, summary));
      const code = codeOf(summary, io);
      if (code !== EXIT.done) throw new Exit(code);
    });
}

const HELP = `
Columns: jid1, nick1, jid2, nick2, group1, group2; from, to, stanza, idempotencyKey; and method (link_contacts,
unlink_contacts or send_stanza) if not every line is a link. Stanzas need the table of idempotency keys.
Failures go to <file>.failures.csv, which can be run like any file. Stanzas of unknown outcome go to
<file>.unknown.csv. Ctrl-C finishes what is at work; a second Ctrl-C does not wait.

Example:
  $ rostbeef bulk links.csv --concurrency 10`;

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) {
    throw new UsageError(`--concurrency: expected 1 to 100, not ${text}`);
  }
  return value;
}

function publicPart({ stoppedBy, retryableFailures, ...counts }: Summary): object {
  return { ...counts, ...(stoppedBy !== undefined && { error: stoppedBy.name }) };
}

function codeOf({ stoppedBy, left, failed, unknown, retryableFailures }: Summary, io: Io): ExitCode {
  if (stoppedBy !== undefined) {
    reportFailure(stoppedBy, io.err);
    return exitCodeOf(stoppedBy);
  }
  if (left > 0) return EXIT.tryAgain;
  if (unknown > 0) return EXIT.refused;
  if (failed === 0) return EXIT.done;
  return retryableFailures === failed ? EXIT.tryAgain : EXIT.refused;
}

function writeSummary({ out }: Io, { done, failed, unknown, left, failures, unknowns, state }: Summary): void {
  const line = (look: 'green' | 'red' | 'yellow', count: number, words: string, where?: string) =>
    count === 0
      ? ''
      : `${styled(out, look, `${count.toLocaleString('en-US')} ${words}`)}${where ? `: ${where}` : ''}\n`;
  out.write(line('green', done, 'done') || 'nothing done\n');
  out.write(line('red', failed, 'failed', failures));
  out.write(line('yellow', unknown, 'of unknown outcome', unknowns));
  out.write(line('yellow', left, 'left', `go on with --resume ${state}`));
}
