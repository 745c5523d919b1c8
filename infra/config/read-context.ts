/** Reads the CDK context and reports all of its problems at once, by key. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isObject } from 'rostbeef-layer';
import type * as z from 'zod';
import { combinationProblems } from './combinations.ts';
import { environmentProblems } from './environment-limit.ts';
import { functionProblems } from './function-environment.ts';
import { placeholderProblems } from './placeholders.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { type Credentials, regionProblems, type Target, targetOf, targetProblems } from './target.ts';

/** The name and the checked settings of one environment. */
export interface Configuration extends Omit<Settings, 'idempotency'> {
  /** The environment's name, a part of the name of every stack. */
  readonly environment: string;
  /** The content of `ejabberdCaFile`. */
  readonly ejabberdCaPem: string | undefined;
  /** Whether to create the table of keys. By default it is created with `events=true`. */
  readonly idempotency: boolean;
  /** The account and Region that the stacks are bound to. `undefined` leaves them open. */
  readonly target: Target | undefined;
  /** Settings that can be deployed and are probably a mistake. */
  readonly warnings: readonly string[];
}

/** The context is not valid. The message lists every problem, by key. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(`The CDK context is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** The environment in which placeholders are allowed, so that a newcomer can synthesize at once. */
const FIRST_TRY = 'dev';

/** Keys of the CDK’s command line in `cdk.json`, `~/.cdk.json` or `cdk.context.json`. All others have `:` or `/`. */
const KEYS_OF_THE_COMMAND_LINE: readonly string[] = ['acknowledged-issue-numbers', 'cli-telemetry'];

/**
 * Reads the configuration of one environment: the settings in `environments` under its name. Settings at the top level of
 * the context, where `-c key=value` puts them, override those.
 *
 * @param context the app’s whole context; the CDK’s own keys are ignored
 * @param credentials the account and Region of the AWS credentials, if there are any
 * @throws ConfigError with every problem, by key
 * @example
 * readContext({ ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc', ejabberdAccount: 'rostbeef@example.com' })
 */
export function readContext(context: Readonly<Record<string, unknown>>, credentials: Credentials = {}): Configuration {
  const { environment = FIRST_TRY, environments = {}, ...own } = context;
  const block = isObject(environments) ? new Map(Object.entries(environments)).get(String(environment)) : undefined;
  const given = { ...(isObject(block) ? block : {}), ...withoutKeysOfCdk(own) };
  const { data, error } = settingsSchema.safeParse(given);
  const ca = readCa(given['ejabberdCaFile']);
  const placeholders = placeholderProblems(given);
  const problems = [
    ...environmentNameProblems(environment, block === undefined && 'environments' in context),
    ...functionProblems(given),
    ...(environment === FIRST_TRY ? [] : placeholders),
    ...(error?.issues ?? []).flatMap(problemsOf),
    ...combinationProblems(given),
    ...targetProblems(given, credentials),
    ...regionProblems(given, credentials),
    ...(ca.problem === undefined ? [] : [`ejabberdCaFile: ${ca.problem}`]),
    ...environmentProblems(given, ca.pem),
  ];
  if (data === undefined || problems.length > 0) throw new ConfigError(onePerKey(problems));
  return {
    ...data,
    environment: String(environment),
    ejabberdCaPem: ca.pem,
    idempotency: data.idempotency ?? data.events,
    target: targetOf(data, credentials),
    warnings: [...placeholders, ...classicWarnings(data)],
  };
}

/** More connections than a classic server serves make all callers wait for five seconds. */
const CLASSIC_CONNECTIONS = 10;

function classicWarnings({ ejabberdDialect, maxConcurrency = Number.POSITIVE_INFINITY }: Settings): readonly string[] {
  if (ejabberdDialect === 'ejabberd' || maxConcurrency <= CLASSIC_CONNECTIONS) return [];
  return [
    `maxConcurrency: a classic server serves ${CLASSIC_CONNECTIONS} connections, and one more makes all wait: set it to ${CLASSIC_CONNECTIONS}, without events`,
  ];
}

function environmentNameProblems(name: unknown, isAbsent: boolean): readonly string[] {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]{0,15}$/.test(name)) {
    return ['environment: must be a name of 1 to 16 lower-case letters and digits, such as dev'];
  }
  return isAbsent ? [`environment: ${name} is not in environments: add it to cdk.json, or correct the name`] : [];
}

function withoutKeysOfCdk(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context).filter(([key]) => !/[:/]/.test(key) && !KEYS_OF_THE_COMMAND_LINE.includes(key)),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: is not a known key`);
  return [`${issue.path.join('.')}: ${issue.message}`];
}

/** Two checks may report the same key. */
function onePerKey(problems: readonly string[]): readonly string[] {
  return [...new Map(problems.map((problem) => [problem.slice(0, problem.indexOf(':')), problem])).values()];
}

/** ejabberd has its certificate and its key in one file. */
const HAS_KEY = 'must hold no private key, because it becomes a variable of each function: give the certificate only';

function readCa(file: unknown): { readonly pem?: string; readonly problem?: string } {
  if (typeof file !== 'string') return {};
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return /BEGIN [A-Z ]*PRIVATE KEY/.test(pem) ? { problem: HAS_KEY } : { pem };
  } catch {
    return { problem: 'must name a file with a certificate in PEM' };
  }
}
