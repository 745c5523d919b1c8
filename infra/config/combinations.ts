/** Rules between the keys of the context. */
import { isIPv4 } from 'node:net';
import { prefixLength } from './ipv4-range.ts';

type Given = Readonly<Record<string, unknown>>;

/** Keys that have an effect only together with another key. */
const NEEDS: readonly (readonly [key: string, wanted: string, holds: (given: Given) => boolean])[] = [
  ['subnetIds', 'vpcId', ({ vpcId }) => vpcId !== undefined],
  ['secretKeyArn', 'secretArn', ({ secretArn }) => secretArn !== undefined],
  ['rotationAdminSecretKeyArn', 'rotationAdminSecretArn', (given) => given['rotationAdminSecretArn'] !== undefined],
  [
    'secretsManagerPeers',
    'secretsManagerEndpoint=false',
    (given) => String(given['secretsManagerEndpoint']) === 'false',
  ],
  ['openEjabberdPeers', 'a security group (sg-…) in ejabberdPeers', hasPeerGroup],
  ['idempotencyTtlSeconds', 'idempotency=true', keepsKeys],
  ['dynamodbPrefixListId', 'idempotency=true', keepsKeys],
  ['dynamodbEndpoint', 'idempotency=true', keepsKeys],
  ['routeTableIds', 'idempotency=true', keepsKeys],
  ['routeTableIds', 'subnetIds', ({ subnetIds }) => subnetIds !== undefined],
  ['apiVpcEndpointId', 'apiAccess=private', ({ apiAccess }) => apiAccess === 'private'],
  [
    'apiPeers',
    'apiAccess=private without apiVpcEndpointId, because an existing endpoint keeps its own security group',
    ({ apiAccess, apiVpcEndpointId }) => apiAccess === 'private' && apiVpcEndpointId === undefined,
  ],
  ['eventBusName', 'events=true', hasEvents],
  ['eventSources', 'events=true', hasEvents],
  [
    'eventAccounts',
    'events=true without eventBusName, because an existing bus keeps its own policy',
    (given) => hasEvents(given) && given['eventBusName'] === undefined,
  ],
  ['eventMaxReceiveCount', 'events=true', hasEvents],
  ['workflowBucketName', 'workflows=true', hasWorkflows],
  ['workflowConcurrency', 'workflows=true', hasWorkflows],
  ['workflowExecutionData', 'workflows=true', hasWorkflows],
  ['rotationAdminSecretArn', 'ejabberdDialect=ejabberd, because classic servers know no credentials', isStock],
];

/** Two connections for each of the seven functions, one for the doctor and one for a rotation. */
const LEAST_WITH_EVENTS = 16;

/** Keys that are required or need another value under a condition. */
const WANTS: readonly (readonly [key: string, message: string, lacks: (given: Given) => boolean])[] = [
  [
    'secretArn',
    'or ejabberdAccount is required: name an existing secret, or the account for a new one',
    (given) => isStock(given) && given['secretArn'] === undefined && given['ejabberdAccount'] === undefined,
  ],
  [
    'dynamodbPrefixListId',
    'is required for the table of keys that idempotency=true and events=true create',
    (given) => keepsKeys(given) && given['dynamodbPrefixListId'] === undefined,
  ],
  [
    'routeTableIds',
    'is required for the gateway endpoint for DynamoDB, unless dynamodbEndpoint=false',
    (given) =>
      keepsKeys(given) &&
      String(given['dynamodbEndpoint']) !== 'false' &&
      given['subnetIds'] !== undefined &&
      given['routeTableIds'] === undefined,
  ],
  [
    'maxConcurrency',
    `must be ${LEAST_WITH_EVENTS} or more with events=true, because a queue takes two invocations of its function: raise it, or set events=false (a classic server serves 10 connections only)`,
    (given) => hasEvents(given) && Number(given['maxConcurrency']) < LEAST_WITH_EVENTS,
  ],
  [
    'vpcCidr',
    'must be an IPv4 range from /16 to /23 such as 10.0.0.0/16, because the new VPC has two subnets of /24',
    ({ vpcId, vpcCidr }) => vpcId === undefined && vpcCidr !== undefined && !hasPrefix(vpcCidr, 16, 23),
  ],
  [
    'vpcCidr',
    'must be an IPv4 range from /16 to /28 such as 10.0.0.0/16, as the ranges of all VPCs are',
    ({ vpcId, vpcCidr }) => vpcId !== undefined && vpcCidr !== undefined && !hasPrefix(vpcCidr, 16, 28),
  ],
  [
    'vpcCidr',
    'is required, because the security group opens the whole VPC to reach ejabberd or Secrets Manager, or for callers',
    (given) => given['subnetIds'] !== undefined && given['vpcCidr'] === undefined && needsRange(given),
  ],
];

/**
 * Lists the problems of keys that don’t go together, by key.
 *
 * @param given the settings as they were given, before defaults
 */
export function combinationProblems(given: Given): readonly string[] {
  return [
    ...NEEDS.filter(([key, , holds]) => given[key] !== undefined && !holds(given)).map(
      ([key, wanted]) => `${key}: needs ${wanted}`,
    ),
    ...WANTS.filter(([, , lacks]) => lacks(given)).map(([key, message]) => `${key}: ${message}`),
  ];
}

/** A peer that no key names may be anywhere in the VPC. */
function needsRange({
  ejabberdUrl,
  ejabberdPeers,
  secretsManagerEndpoint,
  secretsManagerPeers,
  ...given
}: Given): boolean {
  const hasAddress =
    typeof ejabberdUrl === 'string' && URL.canParse(ejabberdUrl) && isIPv4(new URL(ejabberdUrl).hostname);
  return (
    (!hasAddress && ejabberdPeers === undefined) ||
    (String(secretsManagerEndpoint) === 'false' && secretsManagerPeers === undefined) ||
    (given['apiAccess'] === 'private' && given['apiVpcEndpointId'] === undefined && given['apiPeers'] === undefined)
  );
}

function hasPrefix(range: unknown, least: number, most: number): boolean {
  const length = prefixLength(String(range));
  return length !== undefined && length >= least && length <= most;
}

function hasEvents({ events }: Given): boolean {
  return String(events) === 'true';
}

function hasWorkflows({ workflows }: Given): boolean {
  return String(workflows) === 'true';
}

function keepsKeys({ idempotency, ...given }: Given): boolean {
  return idempotency === undefined ? hasEvents(given) : String(idempotency) === 'true';
}

function hasPeerGroup({ ejabberdPeers, openEjabberdPeers }: Given): boolean {
  return String(openEjabberdPeers) === 'false' || /(?:^|,)\s*sg-/.test(String(ejabberdPeers));
}

function isStock({ ejabberdDialect = 'ejabberd' }: Given): boolean {
  return ejabberdDialect === 'ejabberd';
}
