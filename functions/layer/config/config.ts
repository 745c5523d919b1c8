/** Reads the settings. No other file of the layer reads the environment. */
import { ConfigurationError, type Issue } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import { formatJid, parseJid } from '../xmpp/jid.ts';
import { prepareDomain } from '../xmpp/jid-parts.ts';
import { type Environment, foreignNames, type SettingName } from './setting-names.ts';

/** The dialect of the server: ejabberd's own commands, or those of mod_rostbeef and mod_xmlrpc. */
type DialectName = 'ejabberd' | 'rostbeef';

/** The rule of `EJABBERD_STANZAS`: stanzas to users only, or any stanza of a listed sender. */
export type StanzaRule = 'users' | 'any';

/** The validated settings. `docs/settings.md` describes each of them. */
export interface Config {
  /** The `http:` or `https:` URL of ejabberd_xmlrpc. */
  readonly url: URL;
  readonly dialect: DialectName;
  /** The name or ARN of the secret with ejabberd's credentials. If it is `undefined`, calls carry no credentials. */
  readonly secretArn: string | undefined;
  /** The certificates of the authority to trust for ejabberd, in PEM. */
  readonly caPem: string | undefined;
  /** Milliseconds for the whole invocation, including the time to read the secret. */
  readonly timeoutMs: number;
  /** The prepared domains that callers may name. If it is `undefined`, callers may name all. */
  readonly servers: ReadonlySet<string> | undefined;
  /** The prepared bare JIDs and domains that may send stanzas. If it is `undefined`, all may. */
  readonly senders: ReadonlySet<string> | undefined;
  /** The stanzas that may be sent. With `any`, `senders` is set and holds only bare JIDs. */
  readonly stanzas: StanzaRule;
  /** The largest stanza, in bytes of UTF-8. */
  readonly maxStanzaBytes: number;
  /** The largest response of ejabberd, in bytes. */
  readonly maxResponseBytes: number;
  /** The most connections of one container. */
  readonly maxConnections: number;
  /** The name or ARN of the DynamoDB table for idempotency keys. If it is `undefined`, no keys are kept. */
  readonly idempotencyTable: string | undefined;
  /** Seconds that a key is kept. */
  readonly idempotencyTtlSeconds: number;
}

/** One day longer than SQS keeps a message, because SQS may deliver it again on the last day. */
const DAYS_15 = 15 * 24 * 60 * 60;

const EMPTY_LIST = 'is set but empty: list what is allowed, or remove the setting to allow everything';

/** The settings that restrict callers. For these, an empty value is an error. */
const LISTS: ReadonlySet<SettingName> = new Set(['EJABBERD_SERVERS', 'EJABBERD_SENDERS']);

/** The settings, or every issue by the name of the setting. Issues hold no values. */
type ConfigResult = { readonly config: Config } | { readonly issues: readonly Issue[] };

/**
 * Reads and validates the settings of this process.
 *
 * @param env the environment, as for {@link parseConfig}. The default is the environment of the process
 * @throws ConfigurationError if any setting is missing or invalid. It lists all of them
 * @example
 * readConfig({ EJABBERD_URL: 'https://xmpp.internal:5443/xmlrpc' }).timeoutMs // 10000
 */
export function readConfig(env: Environment = process.env): Config {
  const result = parseConfig(env);
  if ('issues' in result) throw new ConfigurationError({ issues: result.issues });
  return result.config;
}

/**
 * Reads and validates settings.
 *
 * An empty value counts as not set. An empty `EJABBERD_SERVERS` or `EJABBERD_SENDERS` is an issue, because without a list
 * everything is allowed. An unknown name that begins with `EJABBERD_` is an issue, unless ejabberd itself reads it.
 *
 * @param env the environment of a function
 * @example
 * parseConfig({ EJABBERD_URL: 'https://xmpp.internal:5443/xmlrpc', EJABBERD_SERVERS: ',' })
 * // { issues: [{ path: 'EJABBERD_SERVERS', message: 'is set but empty: …' }] }
 */
export function parseConfig(env: Environment): ConfigResult {
  const issues: Issue[] = [...foreignNames(env)];
  const read = <T>(name: SettingName, fallback: T, parse: (value: string) => T | { readonly problem: string }): T => {
    const value = env[name];
    if (value === undefined || (value === '' && !LISTS.has(name))) return fallback;
    const result = parse(value);
    if (!isProblem(result)) return result;
    issues.push({ path: name, message: result.problem });
    return fallback;
  };

  const url = read<URL | undefined>('EJABBERD_URL', undefined, endpointUrl);
  if (url === undefined && !env['EJABBERD_URL']) {
    issues.push({
      path: 'EJABBERD_URL',
      message: 'is required: set it to http(s)://host:port/path of ejabberd_xmlrpc',
    });
  }
  const config = {
    dialect: read<DialectName>('EJABBERD_DIALECT', 'ejabberd', (value) =>
      value === 'ejabberd' || value === 'rostbeef' ? value : { problem: 'must be "ejabberd" or "rostbeef"' },
    ),
    secretArn: read<string | undefined>('EJABBERD_SECRET_ARN', undefined, (value) => value),
    caPem: read<string | undefined>('EJABBERD_CA_PEM', undefined, certificates),
    timeoutMs: read('EJABBERD_TIMEOUT_MS', 10_000, wholeNumber(1, 900_000)),
    servers: read<ReadonlySet<string> | undefined>('EJABBERD_SERVERS', undefined, listOf(prepareDomain)),
    senders: read<ReadonlySet<string> | undefined>('EJABBERD_SENDERS', undefined, listOf(bareJidOrDomain)),
    stanzas: read<StanzaRule>('EJABBERD_STANZAS', 'users', (value) =>
      value === 'users' || value === 'any' ? value : { problem: 'must be "users" or "any"' },
    ),
    maxStanzaBytes: read('EJABBERD_MAX_STANZA_BYTES', 256 * 1024, wholeNumber(1024, 16 * 1024 * 1024)),
    maxResponseBytes: read('EJABBERD_MAX_RESPONSE_BYTES', 16 * 1024 * 1024, wholeNumber(1024, 512 * 1024 * 1024)),
    maxConnections: read('EJABBERD_MAX_CONNECTIONS', 10, wholeNumber(1, 100)),
    idempotencyTable: read<string | undefined>('EJABBERD_IDEMPOTENCY_TABLE', undefined, tableName),
    idempotencyTtlSeconds: read('EJABBERD_IDEMPOTENCY_TTL_SECONDS', DAYS_15, wholeNumber(3_600, 31_536_000)),
  };
  if (
    config.stanzas === 'any' &&
    !issues.some(({ path }) => path === 'EJABBERD_SENDERS') &&
    !areBareJids(config.senders)
  ) {
    issues.push({
      path: 'EJABBERD_SENDERS',
      message: 'must list bare JIDs and no domain if EJABBERD_STANZAS is "any"',
    });
  }
  return url === undefined || issues.length > 0 ? { issues } : { config: { url, ...config } };
}

/** Returns the namespace of the metrics. It needs no other setting, because invalid settings are counted as well. */
export function metricNamespace(env: Environment = process.env): string {
  return env['EJABBERD_METRIC_NAMESPACE'] || 'rostbeef';
}

function endpointUrl(value: string): URL | { readonly problem: string } {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return { problem: 'must be http(s)://host:port/path' };
  if (url.username !== '' || url.password !== '') {
    return { problem: 'must not hold credentials: they belong in the secret that EJABBERD_SECRET_ARN names' };
  }
  return url;
}

function certificates(value: string): string | { readonly problem: string } {
  if (/BEGIN [A-Z ]*PRIVATE KEY/.test(value)) return { problem: 'must have certificates only: remove the private key' };
  try {
    // Loaded on demand, because it is a tenth of a cold start.
    const { X509Certificate } = process.getBuiltinModule('node:crypto');
    new X509Certificate(value);
    return value;
  } catch {
    return { problem: 'must be a certificate in PEM, line breaks included' };
  }
}

function wholeNumber(least: number, most: number): (value: string) => number | { readonly problem: string } {
  return (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most ? number : { problem: `must be a whole number from ${least} to ${most}` };
  };
}

/** Checks the name or ARN of a table. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
function tableName(value: string): string | { readonly problem: string } {
  const isTable = /^(?:arn:[\w:-]+:table\/)?[\w.-]{3,255}$/.test(value);
  return isTable ? value : { problem: 'must be the name or ARN of a DynamoDB table' };
}

/** Parses a comma-separated list with at least one entry. A comma after the last entry is allowed. */
function listOf(prepare: (entry: string) => string | { readonly problem: string }) {
  return (value: string): ReadonlySet<string> | { readonly problem: string } => {
    const entries = value.split(',').map((entry) => entry.trim());
    if (entries.every((entry) => entry === '')) return { problem: EMPTY_LIST };
    if (entries.at(-1) === '') entries.pop();
    const prepared = entries.map(prepare);
    const wrong = prepared.findIndex(isProblem);
    if (wrong >= 0) return { problem: `must be a comma-separated list; its entry ${wrong + 1} is not valid` };
    return new Set(prepared.filter((entry) => typeof entry === 'string'));
  };
}

function bareJidOrDomain(entry: string): string | { readonly problem: string } {
  const result = parseJid(entry);
  if ('problem' in result) return result;
  return result.jid.resource === '' ? formatJid(result.jid) : { problem: 'has a resource' };
}

function areBareJids(entries: ReadonlySet<string> | undefined): boolean {
  return entries !== undefined && [...entries].every((entry) => entry.includes('@'));
}

function isProblem(value: unknown): value is { readonly problem: string } {
  return isObject(value) && 'problem' in value;
}
