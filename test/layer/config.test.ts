import { describe, expect, it } from 'vitest';
import { readConfig } from '../../functions/layer/config.ts';
import { ConfigurationError } from '../../functions/layer/errors/index.ts';

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
    expect(readConfig({ EJABBERD_URL: url, EJABBERD_SERVERS: '' })).toEqual({
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
