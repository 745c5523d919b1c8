import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import project from '../../cdk.json' with { type: 'json' };
import { ConfigError, readContext } from '../../infra/config/read-context.ts';
import { EVERYTHING, EXISTING_VPC } from './synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'rostbeef-context-'));
afterAll(() => rmSync(folder, { recursive: true }));

const enough = { ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc', ejabberdAccount: 'rostbeef@example.com' };

function problemsOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    readContext(context);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n  ').slice(1);
  }
}

describe('the CDK context', () => {
  it.each(['dev', 'prod'])('as it is committed is valid for %s', (environment) => {
    expect(readContext({ ...project.context, environment })).toMatchObject({ environment });
  });

  it('protects in prod what dev gives up, and lets prod be reached in private alone', () => {
    const [dev, prod] = ['dev', 'prod'].map((environment) => readContext({ ...project.context, environment }));
    expect(dev).toMatchObject({ retain: false, apiAccess: 'iam' });
    expect(prod).toMatchObject({ retain: true, apiAccess: 'private' });
  });

  it('takes every value as the text that -c makes of it', () => {
    const context = { ...enough, maxConcurrency: '30', retain: 'false', ejabberdServers: 'a.example, b.example' };
    expect(readContext(context)).toMatchObject({
      maxConcurrency: 30,
      retain: false,
      ejabberdServers: ['a.example', 'b.example'],
    });
  });

  it('lets what stands beside environments win over what an environment has', () => {
    const environments = { dev: { ...enough, apiRateLimit: 5, rotationDays: 7 } };
    expect(readContext({ environments, apiRateLimit: 9 })).toMatchObject({ apiRateLimit: 9, rotationDays: 7 });
  });

  it('leaves the CDK’s own keys alone', () => {
    const context = { ...enough, '@aws-cdk/core:x': true, 'aws:cdk:y': 1, 'availability-zones:account=1': [] };
    expect(problemsOf(context)).toEqual([]);
  });

  it('is told of every problem at once, by key', () => {
    expect(
      problemsOf({
        ejabberdUrl: 'https://user:password@xmpp.internal/',
        ejabberdServers: 'example.com,no domain',
        ejabberdTimeoutMs: '60000',
        ejabberdCaFile: join(folder, 'absent.pem'),
        maxConcurrency: 3,
        secretArn: 'ejabberd',
        vpcId: 'my-vpc',
        subnetIds: 'subnet-01234567,subnet-x',
        ejabberdPeers: ['xmpp.internal'],
        apiAccess: 'public',
        apiVpcEndpointId: 'vpce-01234567',
        secretsManagerPeers: '10.0.0.0/8',
        logRetentionDays: 8,
        retain: 'perhaps',
        misspelt: 1,
      }),
    ).toEqual([
      'ejabberdUrl: must not hold credentials: they belong in the secret that EJABBERD_SECRET_ARN names',
      'ejabberdServers: must be a comma-separated list; its entry 2 is not valid',
      'ejabberdPeers.0: must be a security group (sg-…), a prefix list (pl-…) or an IPv4 range such as 10.0.0.10/32',
      'ejabberdTimeoutMs: must be a whole number from 1000 to 25000',
      'maxConcurrency: must be a whole number from 9 to 10000',
      'secretArn: must be a secret’s complete ARN, with the hyphen and six characters at its end',
      'vpcId: must be the id of a VPC (vpc-…)',
      'subnetIds.1: must be the id of a subnet (subnet-…)',
      'apiAccess: must be one of "iam", "private"',
      expect.stringMatching(/^logRetentionDays: must be one of 1, 3, 5/),
      'retain: must be true or false',
      'misspelt: is not a known key',
      'secretsManagerPeers: needs secretsManagerEndpoint=false',
      'apiVpcEndpointId: needs apiAccess=private',
      'ejabberdCaFile: must name a file with a certificate in PEM',
    ]);
  });

  it.each(['ejabberdServers', 'ejabberdSenders', 'ejabberdPeers', 'subnetIds', 'eventSources'])(
    'refuses %s that holds nothing',
    (key) => {
      const others = { ...enough, ...EXISTING_VPC, events: true };
      expect(problemsOf(others)).toEqual([]);
      for (const nothing of ['', ' ', ',', ' , ', [], [''], [' ']]) {
        const keys = problemsOf({ ...others, [key]: nothing }).map((problem) => problem.split(/[.:]/)[0]);
        expect([...new Set(keys)]).toEqual([key]);
      }
    },
  );

  it('takes a comma after the last entry of a list', () => {
    expect(readContext({ ...enough, ejabberdServers: 'a.example, b.example,' })).toMatchObject({
      ejabberdServers: ['a.example', 'b.example'],
    });
  });

  it('lets any stanza be sent only in the name of senders that are listed one by one', () => {
    const any = { ...enough, ejabberdStanzas: 'any' };
    const problem = 'ejabberdSenders: must list bare JIDs and no domain if ejabberdStanzas is "any"';
    expect(problemsOf(any)).toEqual([problem]);
    expect(problemsOf({ ...any, ejabberdSenders: 'bot@example.com,example.com' })).toEqual([problem]);
    expect(problemsOf({ ...any, ejabberdSenders: 'bot@example.com' })).toEqual([]);
    expect(problemsOf({ ...enough, ejabberdStanzas: 'all', ejabberdMaxStanzaBytes: 1 })).toEqual([
      'ejabberdStanzas: must be one of "users", "any"',
      'ejabberdMaxStanzaBytes: must be a whole number from 1024 to 16777216',
    ]);
  });

  it('is told what is missing', () => {
    expect(problemsOf({})).toEqual([
      'ejabberdUrl: is missing',
      'secretArn: is missing, and so is ejabberdAccount for a new secret',
    ]);
  });

  it('is told what an idempotency table needs', () => {
    const keeping = { ...project.context, idempotency: true };
    const existing = { vpcId: 'vpc-01234567', subnetIds: 'subnet-01234567', vpcCidr: '10.1.0.0/16' };
    const prefixList = 'dynamodbPrefixListId: is missing, and idempotency=true needs it';
    const routes = expect.stringMatching(/^routeTableIds: is missing.*unless dynamodbEndpoint=false$/);
    expect(problemsOf(keeping)).toEqual([prefixList]);
    expect(problemsOf({ ...keeping, ...existing })).toEqual([prefixList, routes]);
    const known = { ...keeping, ...existing, dynamodbPrefixListId: 'pl-01234567' };
    expect(problemsOf({ ...known, dynamodbEndpoint: 'false' })).toEqual([]);
    expect(problemsOf({ ...known, routeTableIds: 'rtb-01234567' })).toEqual([]);
    const { idempotency, ...without } = { ...known, routeTableIds: 'rtb-01234567', idempotencyTtlSeconds: '3600' };
    expect(problemsOf(without)).toEqual([
      'idempotencyTtlSeconds: needs idempotency=true',
      'dynamodbPrefixListId: needs idempotency=true',
      'routeTableIds: needs idempotency=true',
    ]);
  });

  it('is told of an environment that there is none of', () => {
    expect(problemsOf({ ...project.context, environment: 'prd' })).toEqual(['environment: is not in environments']);
    expect(problemsOf({ environment: 'Prod 1' })).toHaveLength(1);
  });

  it('takes no credentials for a classic server', () => {
    const { rotationAdminSecretArn } = EVERYTHING;
    const classic = { ejabberdUrl: 'http://10.0.0.10:4560/', ejabberdDialect: 'rostbeef' };
    expect(problemsOf(classic)).toEqual([]);
    expect(problemsOf({ ...classic, rotationAdminSecretArn })).toEqual([
      'rotationAdminSecretArn: needs ejabberdDialect=ejabberd, for classic servers know no credentials',
    ]);
  });

  it('wants the range of an existing VPC where something is looked for in all of it', () => {
    const { vpcCidr, ...vpc } = EXISTING_VPC;
    expect(problemsOf({ ...enough, ...vpc })).toEqual([expect.stringMatching(/^vpcCidr: is missing/)]);
    expect(problemsOf({ ...enough, ...vpc, vpcCidr })).toEqual([]);
    expect(problemsOf({ ...enough, ...vpc, ejabberdPeers: '10.0.0.9/32' })).toEqual([]);
    expect(problemsOf({ ...enough, ...vpc, ejabberdUrl: 'http://10.0.0.9:4560/' })).toEqual([]);
  });

  it('refuses certificates that would not fit into a function’s environment', () => {
    const file = join(folder, 'junk.pem');
    writeFileSync(file, 'no certificate');
    expect(problemsOf({ ...enough, ejabberdCaFile: file })).toEqual([
      'ejabberdCaFile: must name a file with a certificate in PEM',
    ]);
  });
});
