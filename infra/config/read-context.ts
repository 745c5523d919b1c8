/** Reads the CDK context: all that is wrong with it is told at once, by key, before anything is made of it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isObject } from 'rostbeef-layer';
import type * as z from 'zod';
import { combinationProblems } from './combinations.ts';
import { functionProblems } from './function-environment.ts';
import { type Settings, settingsSchema } from './settings.ts';

/** A deployment: its name, and its checked settings. */
export interface Configuration extends Settings {
  /** The environment's name, a part of the name of every stack. */
  readonly environment: string;
  /** What `ejabberdCaFile` holds. */
  readonly ejabberdCaPem: string | undefined;
}

/** The context can't be used; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(`The CDK context is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** All variables of a function together have 4 KB; the others take less than half of it. */
const MAX_CA_BYTES = 2500;

/**
 * The configuration of one environment: what `environments` has under its name, and over it what stands in the context
 * itself, as `-c key=value` puts it there.
 *
 * @param context the app's whole context; the CDK's own keys, which hold `:` or `/`, are left alone
 * @throws ConfigError
 * @example
 * readContext({ ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc', ejabberdAccount: 'rostbeef@example.com' })
 */
export function readContext(context: Readonly<Record<string, unknown>>): Configuration {
  const { environment = 'dev', environments = {}, ...own } = context;
  if (typeof environment !== 'string' || !/^[a-z][a-z0-9]{0,15}$/.test(environment)) {
    throw new ConfigError(['environment: must be a short name of small letters and digits, such as dev']);
  }
  const block = isObject(environments) ? environments[environment] : undefined;
  if (block === undefined && 'environments' in context) throw new ConfigError(['environment: is not in environments']);
  const given = { ...(isObject(block) ? block : {}), ...withoutKeysOfCdk(own) };

  const { data, error } = settingsSchema.safeParse(given);
  const ca = readCa(given['ejabberdCaFile']);
  const problems = [
    ...functionProblems(given),
    ...(error?.issues ?? []).flatMap(problemsOf),
    ...combinationProblems(given),
    ...(ca.problem === undefined ? [] : [`ejabberdCaFile: ${ca.problem}`]),
  ];
  if (data === undefined || problems.length > 0) throw new ConfigError(onePerKey(problems));
  return { ...data, environment, ejabberdCaPem: ca.pem };
}

function withoutKeysOfCdk(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !/[:/]/.test(key)));
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: is not a known key`);
  return [`${issue.path.join('.')}: ${issue.message}`];
}

/** Two checks may find the same fault. */
function onePerKey(problems: readonly string[]): readonly string[] {
  return [...new Map(problems.map((problem) => [problem.slice(0, problem.indexOf(':')), problem])).values()];
}

function readCa(file: unknown): { readonly pem?: string; readonly problem?: string } {
  if (typeof file !== 'string') return {};
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    if (Buffer.byteLength(pem) <= MAX_CA_BYTES) return { pem };
    return { problem: `holds over ${MAX_CA_BYTES} bytes: leave the authority’s own certificate alone in it` };
  } catch {
    return { problem: 'must name a file with a certificate in PEM' };
  }
}
