import { describe, expect, it } from 'vitest';
import { readConfig } from '../../functions/layer/config/config.ts';
import { ConfigurationError } from '../../functions/layer/errors/index.ts';
import { selfSigned } from '../support/certificates.ts';

const url = 'https://xmpp.internal:5443/xmlrpc';

const problemsOf = (env: Record<string, string>): Record<string, string> => {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return Object.fromEntries((error.issues ?? []).map(({ path, message }) => [path, message]));
    }
  }
  return {};
};

describe('the settings', () => {
  it('have their defaults', () => {
    expect(readConfig({ EJABBERD_URL: url, EJABBERD_DIALECT: '', EJABBERD_TIMEOUT_MS: '' })).toEqual({
      url: new URL(url),
      dialect: 'ejabberd',
      secretArn: undefined,
      caPem: undefined,
      timeoutMs: 10_000,
      servers: undefined,
      senders: undefined,
      stanzas: 'users',
      maxStanzaBytes: 262_144,
      maxResponseBytes: 16 * 1024 * 1024,
      maxConnections: 10,
      idempotencyTable: undefined,
      idempotencyTtlSeconds: 1_296_000,
    });
  });

  it('hold lists of prepared JIDs and domains', () => {
    const { servers, senders } = readConfig({
      EJABBERD_URL: url,
      EJABBERD_SERVERS: 'Example.com, xn--bcher-kva.example.',
      EJABBERD_SENDERS: 'Bot@Example.com,example.org',
    });
    expect([...(servers ?? [])]).toEqual(['example.com', 'bücher.example']);
    expect([...(senders ?? [])]).toEqual(['bot@example.com', 'example.org']);
  });

  it('are refused with every problem named, and no value', () => {
    const env = {
      EJABBERD_URL: 'ftp://canary/',
      EJABBERD_DIALECT: 'canary',
      EJABBERD_CA_PEM: 'canary',
      EJABBERD_TIMEOUT_MS: '10s-canary',
      EJABBERD_SERVERS: 'example.com,can ary',
      EJABBERD_SENDERS: 'a@b/canary',
      EJABBERD_STANZAS: 'canary',
      EJABBERD_MAX_STANZA_BYTES: '1023',
      EJABBERD_MAX_RESPONSE_BYTES: '12',
      EJABBERD_IDEMPOTENCY_TABLE: 'canary!',
      EJABBERD_IDEMPOTENCY_TTL_SECONDS: '60',
    };
    const problems = problemsOf(env);
    expect(Object.keys(problems).sort()).toEqual(Object.keys(env).sort());
    expect(JSON.stringify(problems)).not.toMatch(/canary|can ary/);
    expect(problems['EJABBERD_SERVERS']).toContain('entry 2');
  });

  it('refuse a certificate with its private key, which each reader of the function’s settings could read', () => {
    const { cert, key } = selfSigned();
    expect(readConfig({ EJABBERD_URL: url, EJABBERD_CA_PEM: cert }).caPem).toBe(cert);
    expect(problemsOf({ EJABBERD_URL: url, EJABBERD_CA_PEM: `${cert}${key}` })).toEqual({
      EJABBERD_CA_PEM: 'must have certificates only: remove the private key',
    });
  });

  it.each(['EJABBERD_SERVERS', 'EJABBERD_SENDERS'])('%s may end in a comma', (name) => {
    const { servers, senders } = readConfig({ EJABBERD_URL: url, [name]: 'a.example, b.example,' });
    expect([...(servers ?? senders ?? [])]).toEqual(['a.example', 'b.example']);
  });

  describe.each(['EJABBERD_SERVERS', 'EJABBERD_SENDERS'])('%s that is set but empty', (name) => {
    it.each(['', ' ', ',', ' , ,', '\t'])('is refused: %j', (value) => {
      expect(problemsOf({ EJABBERD_URL: url, [name]: value })).toEqual({
        [name]: 'is set but empty: list what is allowed, or remove the setting to allow everything',
      });
    });
  });

  it('have no empty entry between two others', () => {
    expect(problemsOf({ EJABBERD_URL: url, EJABBERD_SERVERS: 'a.example,,b.example' })).toEqual({
      EJABBERD_SERVERS: 'must be a comma-separated list; its entry 2 is not valid',
    });
  });

  it.each([
    ['EJABBERD_SERVER', 'EJABBERD_SERVERS'],
    ['EJABBERD_SENDER', 'EJABBERD_SENDERS'],
    ['EJABBERD_STANZA', 'EJABBERD_STANZAS'],
    ['EJABBERD_Servers', 'EJABBERD_SERVERS'],
    ['EJABBERD_IDEMPOTENCY', 'EJABBERD_IDEMPOTENCY_TABLE'],
    ['EJABBERD_CONNECTIONS', 'EJABBERD_MAX_CONNECTIONS'],
    ['EJABBERD_MACRO', 'EJABBERD_URL'],
  ])('have no other name: %s is refused with the nearest, %s', (name, nearest) => {
    expect(problemsOf({ EJABBERD_URL: url, [name]: 'canary' })).toEqual({
      [name]: `is not a setting; the nearest is ${nearest}: rename it or remove it`,
    });
  });

  it('are told with what else is wrong when a name is misspelt', () => {
    expect(problemsOf({ EJABBERD_SERVER: 'a.example', EJABBERD_TIMEOUT_MS: '0' })).toEqual({
      EJABBERD_SERVER: 'is not a setting; the nearest is EJABBERD_SERVERS: rename it or remove it',
      EJABBERD_URL: expect.stringContaining('is required'),
      EJABBERD_TIMEOUT_MS: expect.stringContaining('whole number'),
    });
  });

  it('stand next to the names that ejabberd itself reads', () => {
    const names = ['CONFIG_PATH', 'LOG_PATH', 'PID_PATH', 'OPTS', 'BYPASS_WARNINGS', 'MNESIA_SCHEMA', 'MACRO_ADMIN'];
    const ofServer = Object.fromEntries(names.map((name) => [`EJABBERD_${name}`, 'x']));
    expect(readConfig({ EJABBERD_URL: url, EJABBERDCTL_CONFIG_PATH: 'x', ...ofServer })).toEqual(
      readConfig({ EJABBERD_URL: url }),
    );
  });

  it('allow any stanza if every sender is listed by a bare JID', () => {
    const env = { EJABBERD_URL: url, EJABBERD_STANZAS: 'any', EJABBERD_SENDERS: 'bot@example.com,news@example.com' };
    expect(readConfig(env)).toMatchObject({
      stanzas: 'any',
      senders: new Set(['bot@example.com', 'news@example.com']),
    });
  });

  it.each([
    ['no sender', {}],
    ['a domain', { EJABBERD_SENDERS: 'example.com' }],
    ['a domain after a bare JID', { EJABBERD_SENDERS: 'bot@example.com,example.com' }],
    ['a JID that is not valid', { EJABBERD_SENDERS: 'bot@example.com,@' }],
  ])('do not allow any stanza with %s listed', (_, senders) => {
    expect(Object.keys(problemsOf({ EJABBERD_URL: url, EJABBERD_STANZAS: 'any', ...senders }))).toEqual([
      'EJABBERD_SENDERS',
    ]);
  });

  it.each([
    ['a missing URL', {}],
    ['credentials in the URL', { EJABBERD_URL: 'http://user:pass@host/' }],
  ])('are refused for %s', (_, env) => {
    expect(Object.keys(problemsOf(env))).toEqual(['EJABBERD_URL']);
  });
});
