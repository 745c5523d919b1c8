/** What must hold between the keys of the context. */
import { isIPv4 } from 'node:net';

type Given = Readonly<Record<string, unknown>>;

/** The keys that mean nothing, or not what was meant, unless another is set so. */
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
    'apiAccess=private without apiVpcEndpointId, because only the endpoint that is made here has a security group here',
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

/** Two for each of the seven, and one each for the doctor and a rotation. */
const LEAST_WITH_EVENTS = 16;

/** The keys that are required, or need another value, if this holds. */
const WANTS: readonly (readonly [key: string, message: string, lacks: (given: Given) => boolean])[] = [
  [
    'secretArn',
    'is missing, and so is ejabberdAccount for a new secret',
    (given) => isStock(given) && given['secretArn'] === undefined && given['ejabberdAccount'] === undefined,
  ],
  [
    'dynamodbPrefixListId',
    'is required for the table of keys, which idempotency=true and events=true make',
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
    `must be ${LEAST_WITH_EVENTS} or more with events=true, because a queue takes two invocations`,
    (given) => hasEvents(given) && Number(given['maxConcurrency']) < LEAST_WITH_EVENTS,
  ],
  [
    'vpcCidr',
    'is required, because ejabberd, Secrets Manager or callers are looked for in the whole VPC',
    (given) => given['subnetIds'] !== undefined && given['vpcCidr'] === undefined && needsRange(given),
  ],
];

/**
 * The problems of keys that don't go together.
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

/** Whether something is looked for in the whole VPC, because no key says where it is. */
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
