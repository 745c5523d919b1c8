import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import project from '../../cdk.json' with { type: 'json' };
import { ConfigError, readContext } from '../../infra/config/read-context.ts';
import type { Credentials } from '../../infra/config/target.ts';
import { EVERYTHING, EXISTING_VPC } from './synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'rostbeef-context-'));
afterAll(() => rmSync(folder, { recursive: true }));

const AUTHORITY = join(import.meta.dirname, 'authority.pem');

const enough = { ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc', ejabberdAccount: 'rostbeef@xmpp.internal' };

function problemsOf(context: Readonly<Record<string, unknown>>, credentials: Credentials = {}): readonly string[] {
  try {
    readContext(context, credentials);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n  ').slice(1);
  }
}

/** The part of a problem that says where it is. */
const keysOf = (context: Readonly<Record<string, unknown>>, credentials: Credentials = {}) =>
  problemsOf(context, credentials).map((problem) => problem.split(':', 1)[0]);

describe('the CDK context', () => {
  it('as it is committed is valid for dev, and warns of its placeholder', () => {
    const { environment, warnings } = readContext(project.context);
    expect({ environment, warnings }).toEqual({
      environment: 'dev',
      warnings: [
        'ejabberdUrl: xmpp.example.com is the host of an example: set the address of your ejabberd',
        'ejabberdAccount: example.com is the host of an example: set an account of your ejabberd, or secretArn',
      ],
    });
  });

  it('sets every feature flag as this release of the CDK recommends it', () => {
    const library = createRequire(import.meta.url).resolve('aws-cdk-lib/package.json');
    const page = readFileSync(join(dirname(library), 'cx-api/FEATURE_FLAGS.md'), 'utf8');
    const [, recommended = '{}'] = /<!-- BEGIN json -->\s*```json\s*(.*?)```/s.exec(page) ?? [];
    const { context } = JSON.parse(recommended);
    expect(Object.keys(context).length).toBeGreaterThan(70);
    expect(project.context).toMatchObject(context);
  });

  it('as it is committed is refused for prod, because its host and its account are placeholders', () => {
    expect(problemsOf({ ...project.context, environment: 'prod' })).toEqual([
      'ejabberdUrl: xmpp.example.com is the host of an example: set the address of your ejabberd',
      'ejabberdAccount: example.com is the host of an example: set an account of your ejabberd, or secretArn',
    ]);
  });

  it('may have the placeholder of an account that is not used', () => {
    const prod = { ...project.context, environment: 'prod', ejabberdUrl: enough.ejabberdUrl };
    expect(problemsOf({ ...prod, secretArn: EVERYTHING['secretArn'] })).toEqual([]);
    expect(problemsOf({ ...prod, ejabberdDialect: 'rostbeef' })).toEqual([]);
    expect(keysOf(prod)).toEqual(['ejabberdAccount']);
  });

  it('takes the range of a new VPC from /16 to /23, which two subnets of /24 fit in', () => {
    for (const vpcCidr of ['10.0.0.0/16', '10.0.0.0/23']) expect(problemsOf({ ...enough, vpcCidr })).toEqual([]);
    for (const vpcCidr of ['10.0.0.0/8', '10.0.0.0/15', '10.0.0.0/24', '10.0.0.0/28', '10.0.0.0/40', 'all']) {
      expect(problemsOf({ ...enough, vpcCidr })).toEqual([
        'vpcCidr: must be an IPv4 range from /16 to /23 such as 10.0.0.0/16, because the new VPC has two subnets of /24',
      ]);
    }
  });

  it('takes the range of an existing VPC from /16 to /28, as AWS does', () => {
    for (const bits of [16, 24, 28]) {
      expect(problemsOf({ ...enough, ...EXISTING_VPC, vpcCidr: `10.1.0.0/${bits}` })).toEqual([]);
    }
    for (const bits of [8, 15, 29, 32]) {
      expect(problemsOf({ ...enough, ...EXISTING_VPC, vpcCidr: `10.1.0.0/${bits}` })).toEqual([
        'vpcCidr: must be an IPv4 range from /16 to /28 such as 10.0.0.0/16, as the ranges of all VPCs are',
      ]);
    }
  });

  it('takes the name of a bus, and neither nothing nor an ARN', () => {
    const events = { ...enough, events: true, idempotency: false };
    for (const eventBusName of ['default', 'crm.orders-1', 'aws.partner/example.com/1234/orders']) {
      expect(problemsOf({ ...events, eventBusName })).toEqual([]);
    }
    for (const eventBusName of ['', ' ', 'arn:aws:events:eu-west-1:123456789012:event-bus/crm', 'my bus']) {
      expect(problemsOf({ ...events, eventBusName })).toEqual([
        'eventBusName: must be the name of a bus and not its ARN, of letters, digits, ".", "-", "_" and "/"',
      ]);
    }
  });

  it.each([
    ['eventAccounts', '210987654321'],
    ['apiAccounts', '210987654321'],
    ['subnetIds', 'subnet-0123456789abcdef0'],
    ['ejabberdPeers', 'sg-0123456789abcdef0'],
    ['eventSources', 'com.example.crm'],
  ])('names what %s has twice', (key, entry) => {
    const others = { ...enough, ...EXISTING_VPC, events: true, idempotency: false, openEjabberdPeers: true };
    const peers = { ejabberdPeers: 'sg-0123456789abcdef9' };
    expect(problemsOf({ ...others, ...peers, [key]: entry })).toEqual([]);
    expect(problemsOf({ ...others, ...peers, [key]: [entry, entry] })).toEqual([
      `${key}: must not have ${entry} twice: remove one`,
    ]);
  });

  it('refuses a secret or key of another Region than the stacks’', () => {
    const { secretArn, secretKeyArn, rotationAdminSecretArn, rotationAdminSecretKeyArn } = EVERYTHING;
    const secrets = { secretArn, secretKeyArn, rotationAdminSecretArn, rotationAdminSecretKeyArn };
    const here = { ...enough, ...secrets };
    const problems = [
      'secretArn: expected a secret in us-east-1, but it is in eu-west-1: replicate it, and name the replica',
      'secretKeyArn: expected a key in us-east-1, but it is in eu-west-1: name the key of the replica',
      'rotationAdminSecretArn: expected a secret in us-east-1, but it is in eu-west-1: replicate it, and name the replica',
      'rotationAdminSecretKeyArn: expected a key in us-east-1, but it is in eu-west-1: name the key of the replica',
    ];
    expect(problemsOf({ ...here, region: 'eu-west-1' })).toEqual([]);
    expect(problemsOf({ ...here, region: 'us-east-1' })).toEqual(problems);
    expect(problemsOf(here, { account: '123456789012', region: 'us-east-1' })).toEqual(problems);
    // Without credentials the command line tells a Region of its own, and nothing can be deployed.
    expect(problemsOf(here, { region: 'us-east-1' })).toEqual([]);
    const elsewhere = String(rotationAdminSecretArn).replace('eu-west-1', 'eu-north-1');
    expect(problemsOf({ ...here, rotationAdminSecretArn: elsewhere })).toEqual([
      'rotationAdminSecretArn: expected a secret in eu-west-1, but it is in eu-north-1: replicate it, and name the replica',
    ]);
  });

  it('names what to do if a limit has no room for events', () => {
    const events = { ...enough, events: true, idempotency: false };
    expect(problemsOf({ ...events, maxConcurrency: 16 })).toEqual([]);
    expect(problemsOf({ ...events, maxConcurrency: 15 })).toEqual([
      'maxConcurrency: must be 16 or more with events=true, because a queue takes two invocations of its function: raise it, or set events=false (a classic server serves 10 connections only)',
    ]);
  });

  it('warns if a classic server may get more connections than it serves', () => {
    const classic = { ejabberdUrl: 'http://10.0.0.10:4560/', ejabberdDialect: 'rostbeef' };
    const events = { events: true, idempotency: false, maxConcurrency: 16 };
    for (const more of [{}, { maxConcurrency: 11 }, events]) {
      expect(readContext({ ...classic, ...more }).warnings).toEqual([
        'maxConcurrency: a classic server serves 10 connections, and one more makes all wait: set it to 10, without events',
      ]);
    }
    expect(readContext({ ...classic, maxConcurrency: 10 }).warnings).toEqual([]);
    expect(readContext(enough).warnings).toEqual([]);
  });

  it('protects in prod what dev gives up, and makes the API of prod private', () => {
    const [dev, prod] = ['dev', 'prod'].map((environment) =>
      readContext({ ...project.context, ...enough, environment }),
    );
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

  it('lets a top-level value override the value of an environment', () => {
    const environments = { dev: { ...enough, apiRateLimit: 5, rotationDays: 7 } };
    expect(readContext({ environments, apiRateLimit: 9 })).toMatchObject({ apiRateLimit: 9, rotationDays: 7 });
  });

  it('accepts the keys of the CDK itself', () => {
    const context = {
      ...enough,
      '@aws-cdk/core:x': true,
      'aws:cdk:y': 1,
      'availability-zones:account=1': [],
      'cli-telemetry': false,
      'acknowledged-issue-numbers': [34892],
    };
    expect(problemsOf(context)).toEqual([]);
  });

  it('may name its account and Region, and refuses the credentials of any other', () => {
    const context = { ...enough, account: '123456789012', region: 'eu-west-1' };
    expect(readContext(context).target).toEqual({ account: '123456789012', region: 'eu-west-1' });
    expect(problemsOf(context, { account: '123456789012', region: 'eu-west-1' })).toEqual([]);
    // Without credentials the command line tells a Region of its own.
    expect(problemsOf(context, { region: 'us-east-1' })).toEqual([]);
    expect(problemsOf(context, { account: '210987654321', region: 'us-east-1' })).toEqual([
      'account: expected 123456789012, but the AWS credentials are set to 210987654321: use those of 123456789012',
      'region: expected eu-west-1, but the AWS credentials are set to us-east-1: use those of eu-west-1',
    ]);
  });

  it('names what to shorten if the functions’ environment passes 4 KB', () => {
    const many = Array.from({ length: 300 }, (_, index) => `vhost${index}.xmpp.internal`);
    expect(problemsOf({ ...enough, ejabberdServers: many })).toEqual([
      expect.stringMatching(/^ejabberdServers: takes \d{4} of the 3396 bytes .*: shorten it$/),
    ]);
    const some = many.slice(0, 80);
    expect(problemsOf({ ...enough, ejabberdServers: some })).toEqual([]);
    expect(problemsOf({ ...enough, ejabberdServers: some, ejabberdSenders: many.slice(0, 90) })).toEqual([
      expect.stringMatching(/^ejabberdSenders: takes/),
    ]);
  });

  it('counts the certificate of an authority among them', () => {
    const file = join(folder, 'bundle.pem');
    writeFileSync(file, readFileSync(AUTHORITY, 'utf8').repeat(6));
    expect(problemsOf({ ...enough, ejabberdCaFile: AUTHORITY })).toEqual([]);
    expect(problemsOf({ ...enough, ejabberdCaFile: file })).toEqual([
      expect.stringMatching(/^ejabberdCaFile: takes \d{4} of the 3396 bytes/),
    ]);
  });

  it('tells what its newer keys need', () => {
    expect(
      problemsOf({
        ...enough,
        ejabberdPeers: '10.0.0.0/8',
        openEjabberdPeers: 'true',
        apiPeers: '10.9.0.0/16',
        eventAccounts: '210987654321',
        apiAccounts: 'all',
        account: '12',
        region: 'europe',
      }),
    ).toEqual([
      'account: must be the 12 digits of an AWS account',
      'region: must be a Region such as eu-west-1',
      'apiAccounts.0: must be the 12 digits of an AWS account',
      'openEjabberdPeers: needs a security group (sg-…) in ejabberdPeers',
      expect.stringMatching(/^apiPeers: needs apiAccess=private without apiVpcEndpointId/),
      expect.stringMatching(/^eventAccounts: needs events=true without eventBusName/),
    ]);
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
      const others = {
        ...enough,
        ...EXISTING_VPC,
        events: true,
        dynamodbPrefixListId: 'pl-0123456789abcdef0',
        dynamodbEndpoint: false,
      };
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
      'ejabberdUrl: is required',
      'secretArn: or ejabberdAccount is required: name an existing secret, or the account for a new one',
    ]);
  });

  it('is told what an idempotency table needs', () => {
    const keeping = { ...enough, idempotency: true };
    const existing = { vpcId: 'vpc-01234567', subnetIds: 'subnet-01234567', vpcCidr: '10.1.0.0/16' };
    const prefixList =
      'dynamodbPrefixListId: is required for the table of keys that idempotency=true and events=true create';
    const routes = expect.stringMatching(/^routeTableIds: is required.*unless dynamodbEndpoint=false$/);
    expect(problemsOf(keeping)).toEqual([prefixList]);
    expect(problemsOf({ ...enough, events: true })).toEqual([prefixList]);
    expect(problemsOf({ ...enough, events: true, idempotency: false })).toEqual([]);
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

  it('names an environment that does not exist', () => {
    expect(problemsOf({ ...project.context, ...enough, environment: 'prd' })).toEqual([
      'environment: prd is not in environments: add it to cdk.json, or correct the name',
    ]);
    expect(problemsOf({ environment: 'Prod 1', retain: 'perhaps' })).toEqual([
      'environment: must be a name of 1 to 16 lower-case letters and digits, such as dev',
      'ejabberdUrl: is required',
      'retain: must be true or false',
      'secretArn: or ejabberdAccount is required: name an existing secret, or the account for a new one',
    ]);
  });

  it('finds an environment by its own name only, and not by a member of every object', () => {
    expect(problemsOf({ ...project.context, ...enough, environment: 'constructor' })).toEqual([
      'environment: constructor is not in environments: add it to cdk.json, or correct the name',
    ]);
  });

  it('takes no credentials for a classic server', () => {
    const { rotationAdminSecretArn } = EVERYTHING;
    const classic = { ejabberdUrl: 'http://10.0.0.10:4560/', ejabberdDialect: 'rostbeef' };
    expect(problemsOf(classic)).toEqual([]);
    expect(problemsOf({ ...classic, rotationAdminSecretArn })).toEqual([
      'rotationAdminSecretArn: needs ejabberdDialect=ejabberd, because classic servers know no credentials',
    ]);
  });

  it('requires the CIDR of an existing VPC if a rule is for the whole VPC', () => {
    const { vpcCidr, ...vpc } = EXISTING_VPC;
    expect(problemsOf({ ...enough, ...vpc })).toEqual([expect.stringMatching(/^vpcCidr: is required/)]);
    expect(problemsOf({ ...enough, ...vpc, vpcCidr })).toEqual([]);
    expect(problemsOf({ ...enough, ...vpc, ejabberdPeers: '10.0.0.9/32' })).toEqual([]);
    expect(problemsOf({ ...enough, ...vpc, ejabberdUrl: 'http://10.0.0.9:4560/' })).toEqual([]);
  });

  it('refuses a certificate with its private key, as ejabberd has them in one file', () => {
    const file = join(folder, 'combined.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, `${readFileSync(AUTHORITY, 'utf8')}${key}`);
    expect(problemsOf({ ...enough, ejabberdCaFile: file })).toEqual([
      'ejabberdCaFile: must hold no private key, because it becomes a variable of each function: give the certificate only',
    ]);
  });

  it('refuses a file that holds no certificate', () => {
    const file = join(folder, 'junk.pem');
    writeFileSync(file, 'no certificate');
    expect(problemsOf({ ...enough, ejabberdCaFile: file })).toEqual([
      'ejabberdCaFile: must name a file with a certificate in PEM',
    ]);
  });
});
