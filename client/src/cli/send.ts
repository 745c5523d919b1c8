/** `rostbeef send`. */
import { Command } from 'commander';
import { messageStanza } from '../stanza.ts';
import { UsageError } from './failures.ts';
import type { Io } from './io.ts';
import { writeResult } from './results.ts';
import { styled } from './style.ts';
import { clientOf, type TargetOptions, withTarget } from './target.ts';

interface SendOptions extends TargetOptions {
  readonly from: string;
  readonly to: string;
  readonly body?: string;
  readonly stanza?: string;
  readonly key?: string;
}

/** Sends a stanza once. */
export function sendCommand(io: Io): Command {
  const command = new Command('send')
    .description('Sends a message or another stanza. Without a key it is never sent twice.')
    .requiredOption('--from <jid>', 'the sender')
    .requiredOption('--to <jid>', 'the receiver, bare or with a resource')
    .option('--body <text>', 'the text of a chat message')
    .option('--stanza <xml>', 'a whole stanza; - reads it from standard input')
    .option('--key <key>', 'an idempotency key, so that the command can be repeated safely');
  return withTarget(command)
    .addHelpText('after', '\nExample:\n  $ rostbeef send --from bob@example.com --to alice@example.com --body "Lunch?"')
    .action(async (options: SendOptions) => {
      const { from, to, key } = options;
      const client = await clientOf(options);
      const stanza = await stanzaOf(options, io.input);
      const result = await client.sendStanza({ from, to, stanza, ...(key !== undefined && { idempotencyKey: key }) });
      writeResult(io, result, () => io.out.write(`${styled(io.out, 'green', 'sent')} to ${to}\n`));
    });
}

async function stanzaOf({ body, stanza }: SendOptions, input: Io['input']): Promise<string> {
  if ((body === undefined) === (stanza === undefined)) throw new UsageError('expected --body or --stanza');
  if (stanza === '-') return (await textOf(input)).trim();
  if (stanza !== undefined) return stanza;
  try {
    return messageStanza(body ?? '');
  } catch (error) {
    throw new UsageError(`--body: ${error instanceof Error ? error.message : error}`);
  }
}

async function textOf(input: Io['input']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
