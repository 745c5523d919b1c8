/** Reads the settings from the environment. No other file of the layer does. */
import { ConfigurationError, type Issue } from '../errors/index.ts';
import { formatJid, parseJid, prepareDomain } from '../xmpp/jid.ts';
import { type Environment, foreignNames, type SettingName } from './setting-names.ts';

/** The XML-RPC interface of the server: `ejabberd` for 23.01 and later, `rostbeef` for the classic servers. */
export type DialectName = 'ejabberd' | 'rostbeef';

/** The stanzas that `send_stanza` sends: to users only, or any stanza of a listed sender. */
export type StanzaRule = 'users' | 'any';

/** The checked settings. */
export interface Config {
  readonly url: URL;
  readonly dialect: DialectName;
  /** The secret with ejabberd's credentials; without one, calls go out without credentials. */
  readonly secretArn: string | undefined;
  /** Certificates of the authority to trust for ejabberd, in PEM. */
  readonly caPem: string | undefined;
  /** Milliseconds for the whole invocation, reading the secret included. */
  readonly timeoutMs: number;
  /** The vhosts that callers may name. Not set means all. */
  readonly servers: ReadonlySet<string> | undefined;
  /** The bare JIDs and domains that may send a stanza, each as one entry: a bare JID holds an "@". Not set means all. */
  readonly senders: ReadonlySet<string> | undefined;
  /** The stanzas that may be sent. With `any`, `senders` is set and holds bare JIDs only. */
  readonly stanzas: StanzaRule;
  /** The most bytes of UTF-8 that a stanza may have. */
  readonly maxStanzaBytes: number;
  readonly maxResponseBytes: number;
  /** Connections of one container at a time. */
  readonly maxConnections: number;
  /** The DynamoDB table that keeps idempotency keys, by name or ARN; without one, none are kept. */
  readonly idempotencyTable: string | undefined;
  /** Seconds that a key is kept. */
  readonly idempotencyTtlSeconds: number;
}

/** A queue of SQS keeps a message for 14 days at most, and may deliver it again on the last. */
const DAYS_15 = 15 * 24 * 60 * 60;

const EMPTY_LIST = 'is set and holds nothing: list what is allowed, or remove the setting to allow everything';

/** The lists that restrict callers if they are set. */
const LISTS: ReadonlySet<SettingName> = new Set(['EJABBERD_SERVERS', 'EJABBERD_SENDERS']);

/** The outcome of reading the settings: the settings, or every problem by the setting's name, never with its value. */
export type ConfigResult = { readonly config: Config } | { readonly issues: readonly Issue[] };

/**
 * Reads and checks the settings of this process.
 *
 * @param env like that of {@link parseConfig}, by default the environment of the process
 * @throws ConfigurationError that lists every problem
 * @example
 * readConfig({ EJABBERD_URL: 'https://xmpp.internal:5443/xmlrpc' }).timeoutMs // 10000
 */
export function readConfig(env: Environment = process.env): Config {
  const result = parseConfig(env);
  if ('issues' in result) throw new ConfigurationError({ issues: result.issues });
  return result.config;
}

/**
 * Reads and checks settings.
 *
 * @param env the environment of a function. Any other name in it that begins with `EJABBERD_` is a problem, unless
 *   ejabberd itself reads it. An empty value counts as not set, except for `EJABBERD_SERVERS` and `EJABBERD_SENDERS`: a
 *   list that is set and holds nothing is a problem, because without a list everything is allowed
 * @example
 * parseConfig({ EJABBERD_URL: 'https://xmpp.internal:5443/xmlrpc', EJABBERD_SERVERS: ',' })
 * // { issues: [{ path: 'EJABBERD_SERVERS', message: 'is set and holds nothing: …' }] }
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
    issues.push({ path: 'EJABBERD_URL', message: 'is missing: set it to http(s)://host:port/path of ejabberd_xmlrpc' });
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

/** The namespace of the metrics: `EJABBERD_METRIC_NAMESPACE`, or `rostbeef`. It is known even if other settings are wrong. */
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
  try {
    // Loaded here, because it takes a tenth of a cold start.
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

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
function tableName(value: string): string | { readonly problem: string } {
  const isTable = /^(?:arn:[\w:-]+:table\/)?[\w.-]{3,255}$/.test(value);
  return isTable ? value : { problem: 'must be the name or ARN of a DynamoDB table' };
}

/** Reads a comma-separated list of one entry or more. A comma after the last entry is no error. */
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
  return typeof value === 'object' && value !== null && 'problem' in value;
}
