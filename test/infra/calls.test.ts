import { catalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { type Deployed, deployed } from './account.ts';
import { type Call, isAllowed } from './decisions.ts';
import { EVERYTHING, templatesOf, WITH_EVENTS } from './synthesize.ts';

const { stacks } = templatesOf({
  ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc',
  ...WITH_EVENTS,
  rotationAdminSecretArn: EVERYTHING['rotationAdminSecretArn'],
  rotationAdminSecretKeyArn: EVERYTHING['rotationAdminSecretKeyArn'],
  apiAccess: 'private',
  apiAccounts: '210987654321',
  workflows: 'true',
});
const all = deployed(stacks);

const one = (type: string, id: RegExp): Deployed => {
  const [found, ...others] = all.filter((resource) => resource.type === type && id.test(resource.id));
  if (found === undefined || others.length > 0) throw new Error(`expected one ${type} that is ${id}`);
  return found;
};

const SEVEN = catalogue.map(({ name }) => name);
const roleOf = (name: string): string =>
  one('AWS::IAM::Role', new RegExp(`^(?:Rostbeef)?${name.replaceAll('_', '')}Role$`)).arn;
/** The functions in the VPC. */
const IN_VPC = [...SEVEN, 'Doctor', 'RotationRotate'];
const MACHINES = ['WorkflowsBulk', 'WorkflowsOnboarding'];
/** Everything that has a role of its own. */
const ACTORS: ReadonlyMap<string, string> = new Map(
  [...IN_VPC, 'WorkflowsPrepare', ...MACHINES].map((name) => [name, roleOf(name)]),
);

const secret = one('AWS::SecretsManager::Secret', /^AccountSecret$/).arn;
const key = one('AWS::KMS::Key', /^AccountKey$/).arn;
const admin = String(EVERYTHING['rotationAdminSecretArn']);
const adminKey = String(EVERYTHING['rotationAdminSecretKeyArn']);
const table = one('AWS::DynamoDB::Table', /Keys$/).arn;
const bucket = one('AWS::S3::Bucket', /^WorkflowsBucket$/).arn;
const bulk = one('AWS::StepFunctions::StateMachine', /^WorkflowsBulk$/).arn;
const mapRuns = 'arn:aws:states:eu-west-1:123456789012:mapRun:';
const failedEvents = one('AWS::SQS::Queue', /FailedEvents$/).arn;
const aliasOf = (name: string) =>
  one('AWS::Lambda::Alias', new RegExp(`^(?:Rostbeef)?${name.replaceAll('_', '')}Live$`)).arn;
const logsOf = (name: string) =>
  one('AWS::Logs::LogGroup', new RegExp(`^(?:Rostbeef)?${name.replaceAll('_', '')}Logs$`)).arn;

/** The same kind of thing, which belongs to a neighbour in the account. */
const neighbourOf = (arn: string): string => {
  if (arn.startsWith('arn:aws:secretsmanager')) return arn.replace(/secret:\w+/, 'secret:neighbour');
  if (arn.startsWith('arn:aws:s3')) return arn.replace(/:::[^/]+/, ':::neighbour');
  if (arn.startsWith('arn:aws:logs')) return arn.replace(/log-group:[^:]+/, 'log-group:neighbour');
  return arn.replace(/[^:/]+$/, 'neighbour');
};

/** A call, and everything that needs it. */
interface Needed {
  readonly action: string;
  readonly on: string;
  readonly resource: string;
  readonly by: readonly string[];
  readonly context?: Readonly<Record<string, string>>;
  /** The neighbour's, if the resource alone does not tell it. */
  readonly neighbour?: Partial<Pick<Call, 'resource' | 'context'>>;
}

const underSecret = (arn: string) => ({ 'kms:EncryptionContext:SecretARN': arn });
const WITH_SECRET = [...SEVEN, 'Doctor', 'RotationRotate'];
const QUEUES = { link_contacts: 'LinkContacts', unlink_contacts: 'UnlinkContacts', send_stanza: 'SendStanza' };

const CALLS: readonly Needed[] = [
  { action: 'secretsmanager:GetSecretValue', on: 'the account’s secret', resource: secret, by: WITH_SECRET },
  {
    action: 'kms:Decrypt',
    on: 'the key of that secret, for it',
    resource: key,
    by: WITH_SECRET,
    context: underSecret(secret),
    neighbour: { resource: key, context: underSecret(neighbourOf(secret)) },
  },
  ...['DescribeSecret', 'PutSecretValue', 'UpdateSecretVersionStage'].map((name) => ({
    action: `secretsmanager:${name}`,
    on: 'the account’s secret',
    resource: secret,
    by: ['RotationRotate'],
  })),
  {
    action: 'kms:GenerateDataKey',
    on: 'the key of that secret, for it',
    resource: key,
    by: ['RotationRotate'],
    context: underSecret(secret),
    neighbour: { resource: key, context: underSecret(neighbourOf(secret)) },
  },
  {
    action: 'secretsmanager:GetSecretValue',
    on: 'the administrator’s secret',
    resource: admin,
    by: ['RotationRotate'],
  },
  {
    action: 'kms:Decrypt',
    on: 'the key of the administrator’s secret, for it',
    resource: adminKey,
    by: ['RotationRotate'],
    context: underSecret(admin),
    neighbour: { resource: adminKey, context: underSecret(secret) },
  },
  ...['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'].map((name) => ({
    action: `dynamodb:${name}`,
    on: 'the table of keys',
    resource: table,
    by: ['send_stanza'],
  })),
  ...Object.entries(QUEUES).flatMap(([method, type]) =>
    ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map((name) => ({
      action: `sqs:${name}`,
      on: `the queue ${type}`,
      resource: one('AWS::SQS::Queue', new RegExp(`^Events${type}$`)).arn,
      by: [method],
    })),
  ),
  { action: 'sqs:SendMessage', on: 'the queue of failed events', resource: failedEvents, by: SEVEN },
  ...['GetObject', 'PutObject', 'AbortMultipartUpload'].map((name) => ({
    action: `s3:${name}`,
    on: 'an object of the workflows’ bucket',
    resource: `${bucket}/runs/one/good.jsonl`,
    by: ['WorkflowsPrepare', 'WorkflowsBulk'],
  })),
  {
    action: 's3:ListBucket',
    on: 'the workflows’ bucket',
    resource: bucket,
    by: ['WorkflowsPrepare', 'WorkflowsBulk'],
  },
  ...Object.entries({
    link_contacts: MACHINES,
    unlink_contacts: MACHINES,
    send_stanza: MACHINES,
    get_roster: ['WorkflowsOnboarding'],
    get_presence: [],
    WorkflowsPrepare: ['WorkflowsBulk'],
  }).map(([name, by]) => ({
    action: 'lambda:InvokeFunction',
    on: `the alias of ${name}`,
    resource: aliasOf(name),
    by,
  })),
  { action: 'states:StartExecution', on: 'the bulk machine itself', resource: bulk, by: ['WorkflowsBulk'] },
  {
    action: 'states:DescribeMapRun',
    on: 'the map runs of the bulk machine',
    resource: `${mapRuns}${bulk.split(':').at(-1)}/Operations:one`,
    by: ['WorkflowsBulk'],
    neighbour: { resource: `${mapRuns}neighbour/Others:one` },
  },
  ...[...IN_VPC, 'WorkflowsPrepare'].flatMap((name) =>
    ['CreateLogStream', 'PutLogEvents'].map((action) => ({
      action: `logs:${action}`,
      on: `the log group of ${name}`,
      resource: logsOf(name).replace(/\*$/, 'log-stream:one'),
      by: [name],
    })),
  ),
];

/** Actions that have no resource to name. */
const NAMELESS: readonly (Omit<Needed, 'resource' | 'neighbour'> & { readonly from?: string })[] = [
  { action: 'secretsmanager:GetRandomPassword', on: 'everything', by: ['RotationRotate'] },
  { action: 'xray:PutTraceSegments', on: 'everything', by: [...ACTORS.keys()] },
  { action: 'ec2:CreateNetworkInterface', on: 'everything, by Lambda itself', by: IN_VPC },
  {
    action: 'ec2:CreateNetworkInterface',
    on: 'everything, by the function’s own code',
    by: [],
    context: { 'lambda:SourceFunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:any' },
  },
];

async function allowedFor(call: Omit<Call, 'principal'>): Promise<readonly string[]> {
  const decided = await Promise.all(
    [...ACTORS].map(async ([name, principal]) => ((await isAllowed(all, { ...call, principal })) ? [name] : [])),
  );
  return decided.flat();
}

describe('a role', () => {
  it.each(CALLS)('may $action on $on only if it needs to, and never on a neighbour’s', async (needed) => {
    const { action, resource, context = {}, by } = needed;
    expect(await allowedFor({ action, resource, context })).toEqual(by);
    const neighbour = needed.neighbour ?? { resource: neighbourOf(resource) };
    expect(await allowedFor({ action, resource, context, ...neighbour })).toEqual([]);
  });

  it.each(NAMELESS)('may $action on $on only if it needs to', async ({ action, by, context = {} }) => {
    expect(await allowedFor({ action, resource: '*', context })).toEqual(by);
  });
});

const topic = one('AWS::SNS::Topic', /Alarms$/);
const inAccount = { 'aws:SourceAccount': '123456789012' };
const inAnother = { 'aws:SourceAccount': '210987654321' };

describe('an alarm', () => {
  const alarms = all.filter(({ type }) => type === 'AWS::CloudWatch::Alarm');

  it.each(alarms)(
    '$id reaches a person: its topic takes it, and so does the key of the topic',
    async ({ properties }) => {
      expect(properties['AlarmActions']).toEqual([topic.arn]);
      expect(properties['OKActions']).toEqual([topic.arn]);
      const alarm = { principal: 'cloudwatch.amazonaws.com', context: inAccount };
      expect(await isAllowed(all, { ...alarm, action: 'sns:Publish', resource: topic.arn })).toBe(true);
      const topicKey = String(topic.properties['KmsMasterKeyId']);
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
        expect(await isAllowed(all, { ...alarm, action, resource: topicKey })).toBe(true);
      }
    },
  );

  it('of another account, or without TLS, does not', async () => {
    const alarm = { principal: 'cloudwatch.amazonaws.com', action: 'sns:Publish', resource: topic.arn };
    expect(await isAllowed(all, { ...alarm, context: inAnother })).toBe(false);
    expect(await isAllowed(all, { ...alarm, context: { ...inAccount, 'aws:SecureTransport': 'false' } })).toBe(false);
    const decrypting = { ...alarm, action: 'kms:Decrypt', resource: String(topic.properties['KmsMasterKeyId']) };
    expect(await isAllowed(all, { ...decrypting, context: inAnother })).toBe(false);
  });
});

describe('a service', () => {
  const ruleOf = (type: string) => one('AWS::Events::Rule', new RegExp(`^Events${type}Rule$`)).arn;
  const api = one('AWS::ApiGateway::RestApi', /./).arn.split('/').at(-1);
  const methodArn = (name: string) => `arn:aws:execute-api:eu-west-1:123456789012:${api}/live/POST/${name}`;

  it.each(Object.values(QUEUES))(
    'EventBridge brings events to %s, and what it can’t bring to its dead letters',
    async (type) => {
      const rule = { principal: 'events.amazonaws.com', action: 'sqs:SendMessage' };
      for (const id of [`Events${type}`, `Events${type}DeadLetters`]) {
        const call = { ...rule, resource: one('AWS::SQS::Queue', new RegExp(`^${id}$`)).arn };
        const from = (source: string) => ({ ...call, context: { 'aws:SourceArn': source, ...inAccount } });
        expect(await isAllowed(all, from(ruleOf(type)))).toBe(true);
        expect(await isAllowed(all, from(ruleOf(type).replace(/[^/]+$/, 'neighbour')))).toBe(false);
      }
    },
  );

  it.each(SEVEN)('API Gateway invokes %s for its own method of this API only', async (name) => {
    const call = { principal: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction', resource: aliasOf(name) };
    const from = (source: string) => ({ ...call, context: { 'aws:SourceArn': source } });
    expect(await isAllowed(all, from(methodArn(name)))).toBe(true);
    expect(await isAllowed(all, from(methodArn('another')))).toBe(false);
    expect(await isAllowed(all, from(methodArn(name).replace(String(api), 'neighbour')))).toBe(false);
  });

  it.each([
    ['secretsmanager.amazonaws.com', 'RotationRotate', secret],
    ['events.amazonaws.com', 'Doctor', one('AWS::Events::Rule', /^DoctorSchedule$/).arn],
  ])('%s invokes %s for its own resource only', async (principal, name, source) => {
    const call = { principal, action: 'lambda:InvokeFunction', resource: aliasOf(name) };
    const from = (arn: string) => ({ ...call, context: { 'aws:SourceArn': arn, ...inAccount } });
    expect(await isAllowed(all, from(source))).toBe(true);
    expect(await isAllowed(all, from(neighbourOf(source)))).toBe(false);
  });

  it('API Gateway lets callers in by the endpoint of the private API, with a policy of their own', async () => {
    const endpoint = one('AWS::EC2::VPCEndpoint', /^Endpoint/).arn;
    const resource = methodArn('get_roster');
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource }],
    };
    const call = (account: string, vpce: string, identityPolicies: Call['identityPolicies'] = [policy]) =>
      isAllowed(all, {
        principal: `arn:aws:iam::${account}:role/caller`,
        action: 'execute-api:Invoke',
        resource,
        context: { 'aws:SourceVpce': vpce },
        identityPolicies,
      });
    expect(await call('123456789012', endpoint)).toBe(true);
    expect(await call('123456789012', endpoint, [])).toBe(false);
    expect(await call('123456789012', 'vpce-0neighbour')).toBe(false);
    expect(await call('210987654321', endpoint)).toBe(true);
    expect(await call('210987654321', endpoint, [])).toBe(false);
    expect(await call('999999999999', endpoint)).toBe(false);
  });
});

it('the table says which call is allowed and denied for which function', async () => {
  const rows = await Promise.all(
    [...CALLS, ...NAMELESS.map((call) => ({ ...call, resource: '*' }))].map(
      async ({ action, on, resource, context = {} }) => {
        const allowed = await allowedFor({ action, resource, context });
        const denied = [...ACTORS.keys()].filter((name) => !allowed.includes(name));
        const words = (names: readonly string[]) => (names.length === ACTORS.size ? 'all' : names.join(', ') || 'none');
        return `| \`${action}\` | ${on} | ${words(allowed)} | ${words(denied)} |`;
      },
    ),
  );
  const head = ['| call | on | allowed for | denied for |', '|---|---|---|---|'];
  await expect(`${[...head, ...rows].join('\n')}\n`).toMatchFileSnapshot('./calls.md');
});
