/** Every setting, each with the values that a deployment may change it between. */
import { join } from 'node:path';
import { type Context, EVERYTHING, EXISTING_VPC, WITH_EVENTS } from './synthesize.ts';

/** A change of the configuration, which has to work in both directions. */
export interface Toggle {
  readonly name: string;
  readonly off: Context;
  readonly on: Context;
}

/** A deployment in an existing VPC, with all that is optional. */
const whole = EVERYTHING;
/** A deployment in a VPC of its own, with a secret of its own. */
const own: Context = {
  ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc',
  ejabberdAccount: 'rostbeef@xmpp.internal',
};

const without = (base: Context, ...keys: readonly string[]): Context =>
  Object.fromEntries(Object.entries(base).filter(([key]) => !keys.includes(key)));

const toggle = (name: string, off: Context, on: Context): Toggle => ({ name, off, on });

const NO_TABLE = without(whole, 'idempotency', 'events', 'dynamodbPrefixListId', 'routeTableIds');

export const TOGGLES: readonly Toggle[] = [
  toggle('account and region', whole, { ...whole, account: '123456789012', region: 'eu-west-1' }),
  toggle('alarmEmail', without(whole, 'alarmEmail'), whole),
  toggle('apiAccess=private', { ...whole, apiAccess: 'iam' }, whole),
  toggle('apiAccess=private, own VPC', own, { ...own, apiAccess: 'private' }),
  toggle('apiAccountLogging=false', whole, { ...whole, apiAccountLogging: false }),
  toggle('apiAccounts', whole, { ...whole, apiAccounts: '210987654321' }),
  toggle('apiPeers', whole, { ...whole, apiPeers: '10.9.0.0/16' }),
  toggle('apiRateLimit', whole, { ...whole, apiRateLimit: 10 }),
  toggle('apiVpcEndpointId', whole, { ...whole, apiVpcEndpointId: 'vpce-0123456789abcdef0' }),
  toggle('doctorMinutes', whole, { ...whole, doctorMinutes: 15 }),
  toggle('dynamodbEndpoint=false', whole, { ...without(whole, 'routeTableIds'), dynamodbEndpoint: 'false' }),
  toggle('ejabberdAccount', own, { ...own, ejabberdAccount: 'other@xmpp.internal' }),
  toggle('ejabberdCaFile', whole, { ...whole, ejabberdCaFile: join(import.meta.dirname, 'authority.pem') }),
  toggle('ejabberdDialect=rostbeef', own, { ...own, ejabberdDialect: 'rostbeef', maxConcurrency: 10 }),
  toggle('ejabberdPeers', whole, { ...whole, ejabberdPeers: 'sg-0123456789abcdef0' }),
  toggle('ejabberdServers', whole, { ...whole, ejabberdServers: 'xmpp.internal' }),
  toggle(
    'ejabberdStanzas=any',
    { ...whole, ejabberdSenders: 'bot@xmpp.internal' },
    { ...whole, ejabberdSenders: 'bot@xmpp.internal', ejabberdStanzas: 'any' },
  ),
  // It also changes the functions' time-outs, the queues' visibility and receives, and an alarm.
  toggle('ejabberdTimeoutMs', whole, { ...whole, ejabberdTimeoutMs: 25_000 }),
  toggle('ejabberdUrl', whole, { ...whole, ejabberdUrl: 'http://10.0.0.10:4560/' }),
  toggle('eventAccounts', whole, { ...whole, eventAccounts: '210987654321' }),
  toggle('eventBusName', whole, { ...whole, eventBusName: 'theirs' }),
  toggle('eventMaxReceiveCount', whole, { ...whole, eventMaxReceiveCount: 3 }),
  toggle('events=true', { ...whole, events: 'false' }, whole),
  toggle('events=true, own VPC', own, { ...own, ...WITH_EVENTS }),
  toggle('eventSources', whole, { ...whole, eventSources: 'com.example.crm' }),
  toggle('idempotency=true', NO_TABLE, without(whole, 'events')),
  toggle('idempotency=true, own VPC', own, { ...own, ...without(WITH_EVENTS, 'events'), idempotency: 'true' }),
  toggle('logRetentionDays', whole, { ...whole, logRetentionDays: 7 }),
  toggle('maxConcurrency', without(whole, 'maxConcurrency'), whole),
  toggle(
    'openEjabberdPeers',
    { ...whole, ejabberdPeers: 'sg-0123456789abcdef0' },
    {
      ...whole,
      ejabberdPeers: 'sg-0123456789abcdef0',
      openEjabberdPeers: 'true',
    },
  ),
  toggle('owner', without(whole, 'owner'), whole),
  toggle('retain=false', whole, { ...whole, retain: 'false' }),
  toggle('rotationAdminSecretArn', without(whole, 'rotationAdminSecretArn', 'rotationAdminSecretKeyArn'), whole),
  toggle('secretArn', without(whole, 'secretArn', 'secretKeyArn'), whole),
  toggle('secretsManagerEndpoint=false', whole, { ...whole, secretsManagerEndpoint: 'false' }),
  toggle('secretsManagerEndpoint=false, own VPC', own, { ...own, secretsManagerEndpoint: 'false' }),
  toggle('subnetIds', whole, { ...whole, subnetIds: 'subnet-0123456789abcdef2,subnet-0123456789abcdef3' }),
  toggle('vpcCidr, own VPC', own, { ...own, vpcCidr: '10.2.0.0/16' }),
  toggle('vpcId, from one to another', whole, { ...whole, vpcId: 'vpc-0123456789abcdef1' }),
  toggle('workflowBucketName', whole, { ...whole, workflowBucketName: 'theirs' }),
  toggle('workflowConcurrency', whole, { ...whole, workflowConcurrency: 1 }),
  toggle('workflowExecutionData', whole, { ...whole, workflowExecutionData: 'true' }),
  toggle('workflows=true', { ...whole, workflows: 'false' }, whole),
  toggle('workflows=true, own VPC', own, { ...own, workflows: 'true' }),
  toggle('vpcId, from an own one', own, { ...own, ...EXISTING_VPC }),
];
