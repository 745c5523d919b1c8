/** `rostbeef bridge`. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { startBridge } from '../bridge/server.ts';
import { UsageError } from './failures.ts';
import type { Io } from './io.ts';
import { styled } from './style.ts';
import { clientOf, type TargetOptions, withTarget } from './target.ts';

interface BridgeOptions extends TargetOptions {
  readonly port: number;
  readonly address: string;
  readonly secretFile?: string;
}

/** Speaks the XML-RPC of 2008 on this machine. */
export function bridgeCommand(io: Io): Command {
  const command = new Command('bridge')
    .description('Speaks the XML-RPC of mod_rostbeef (2008) on this machine, for programs of that time.')
    .option('--port <port>', 'the port to listen on; 0 finds a free one', portOf, 4560)
    .option(
      '--address <address>',
      'the address to listen on; another than this machine’s own needs a secret',
      '127.0.0.1',
    )
    .option('--secret-file <file>', 'a file with the password that callers have to send (HTTP Basic)');
  return withTarget(command)
    .addHelpText('after', HELP)
    .action(async ({ port, address, secretFile, ...options }: BridgeOptions) => {
      const secret = secretFile === undefined ? undefined : await secretIn(secretFile);
      if (secret === undefined && !/^(?:127(?:\.\d+){3}|::1|localhost)$/.test(address)) {
        throw new UsageError(`--address ${address}: expected --secret-file too, because other machines reach it`);
      }
      const client = await clientOf(options);
      const log = (line: string) => io.err.write(`${line}\n`);
      const bridge = await startBridge({ client, port, address, secret, log }).catch((error: NodeJS.ErrnoException) => {
        throw new UsageError(
          `the bridge can not listen on ${address}:${port} (${error.code}): choose another --address or --port`,
        );
      });
      io.out.write(`${styled(io.out, 'bold', bridge.url)} speaks the XML-RPC of mod_rostbeef. Ctrl-C stops it.\n`);
      await new Promise<void>((resolve) => {
        const release = io.onInterrupt(() => {
          release();
          resolve();
        });
      });
      await bridge.stop();
    });
}

const HELP = `
Every account of this machine can call the bridge, with the rights of the account that runs it.

Example:
  $ rostbeef bridge --url https://abcdef1234.execute-api.eu-west-1.amazonaws.com/live`;

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port: expected a port, not ${text}`);
  return port;
}

/** The shortest secret that is not guessed. */
const SHORTEST = 16;

async function secretIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--secret-file: ${file} can not be read (${error.code})`);
  });
  const secret = text.trim();
  if (secret.length < SHORTEST) throw new UsageError(`--secret-file: expected at least ${SHORTEST} characters`);
  return secret;
}
