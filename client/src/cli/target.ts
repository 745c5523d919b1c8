/** Where the commands call: a deployed API, functions, or the local gateway. */
import type { Command } from 'commander';
import { type Client, createClient } from '../client.ts';
import { METHOD_NAMES, type MethodName } from '../generated/methods.ts';
import { overHttp } from '../http.ts';
import { type FunctionNames, overLambda } from '../lambda.ts';
import { signV4 } from '../sign.ts';
import type { Transport } from '../transport.ts';
import { UsageError } from './failures.ts';

/** The options that every command has. */
export interface TargetOptions {
  readonly url?: string;
  readonly lambda?: string;
  readonly region?: string;
  readonly timeout: number;
}

/** The local gateway of `npm start`. */
const LOCAL_URL = 'http://127.0.0.1:3000';

/** Gives a command the options that say where it calls. */
export function withTarget(command: Command): Command {
  return command
    .option('--url <url>', 'call a deployed API, signed by your AWS credentials', undefined)
    .option('--lambda <names>', 'invoke functions: method=name,… or one name with {method} in it')
    .option('--region <region>', 'the AWS Region, if neither the URL nor your profile has it')
    .option('--timeout <seconds>', 'time for each call with all its repeats', seconds, 30);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value > 900)
    throw new UsageError(`--timeout: expected more than 0 and at most 900 seconds, not ${text}`);
  return value;
}

/** The client of these options. @throws UsageError */
export async function clientOf({ timeout, ...options }: TargetOptions): Promise<Client> {
  return createClient(await transportOf(options), { timeoutMs: timeout * 1_000 });
}

async function transportOf({ url, lambda, region }: Omit<TargetOptions, 'timeout'>): Promise<Transport> {
  if (url !== undefined && lambda !== undefined) throw new UsageError('expected --url or --lambda, not both');
  if (lambda !== undefined) return overLambda(await lambdaClient(region), namesIn(lambda));
  const target = parsedUrl(url ?? LOCAL_URL);
  if (isLoopback(target)) return overHttp(target);
  if (target.protocol !== 'https:') {
    throw new UsageError(`--url: expected https, because the request is signed, not ${target.protocol}//`);
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return overHttp(target, { sign: signV4({ credentials: defaultProvider(), region }) });
}

async function lambdaClient(region: string | undefined) {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  return new LambdaClient({ maxAttempts: 1, ...(region !== undefined && { region }) });
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`--url: expected a URL such as https://abcdef1234.execute-api.eu-west-1.amazonaws.com/live`);
  }
  return url;
}

function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * The names of the functions in `--lambda`.
 *
 * @example
 * namesIn('rostbeef-{method}') // { link_contacts: 'rostbeef-link_contacts', … }
 * namesIn('get_roster=arn:aws:lambda:…') // { get_roster: 'arn:aws:lambda:…' }
 */
export function namesIn(text: string): FunctionNames {
  if (text.includes('{method}')) {
    return Object.fromEntries(METHOD_NAMES.map((method) => [method, text.replaceAll('{method}', method)]));
  }
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const [, method = '', name = ''] = /^\s*(\w+)=(\S+)\s*$/.exec(entry) ?? [];
      if (!isMethodName(method)) {
        throw new UsageError(`--lambda: expected method=name, or a name with {method} in it, not ${entry}`);
      }
      return [method, name];
    }),
  );
}

function isMethodName(text: string): text is MethodName {
  return METHOD_NAMES.some((name) => name === text);
}
