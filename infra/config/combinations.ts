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
  ['idempotencyTtlSeconds', 'idempotency=true', keepsKeys],
  ['dynamodbPrefixListId', 'idempotency=true', keepsKeys],
  ['dynamodbEndpoint', 'idempotency=true', keepsKeys],
  ['routeTableIds', 'idempotency=true', keepsKeys],
  ['routeTableIds', 'subnetIds', ({ subnetIds }) => subnetIds !== undefined],
  ['apiVpcEndpointId', 'apiAccess=private', ({ apiAccess }) => apiAccess === 'private'],
  ['eventBusName', 'events=true', hasEvents],
  ['eventSources', 'events=true', hasEvents],
  ['eventMaxReceiveCount', 'events=true', hasEvents],
  ['rotationAdminSecretArn', 'ejabberdDialect=ejabberd, for classic servers know no credentials', isStock],
];

/** Two for each of the seven, and one each for the doctor and a rotation. */
const LEAST_WITH_EVENTS = 16;

/** The keys that must be there, or be otherwise, where this holds. */
const WANTS: readonly (readonly [key: string, message: string, lacks: (given: Given) => boolean])[] = [
  [
    'secretArn',
    'is missing, and so is ejabberdAccount for a new secret',
    (given) => isStock(given) && given['secretArn'] === undefined && given['ejabberdAccount'] === undefined,
  ],
  [
    'dynamodbPrefixListId',
    'is missing, and idempotency=true needs it',
    (given) => keepsKeys(given) && given['dynamodbPrefixListId'] === undefined,
  ],
  [
    'routeTableIds',
    'is missing, and the gateway endpoint for DynamoDB needs it, unless dynamodbEndpoint=false',
    (given) =>
      keepsKeys(given) &&
      String(given['dynamodbEndpoint']) !== 'false' &&
      given['subnetIds'] !== undefined &&
      given['routeTableIds'] === undefined,
  ],
  [
    'maxConcurrency',
    `must be ${LEAST_WITH_EVENTS} or more with events=true: a queue takes two invocations`,
    (given) => hasEvents(given) && Number(given['maxConcurrency']) < LEAST_WITH_EVENTS,
  ],
  [
    'vpcCidr',
    'is missing: without it nobody knows where in the VPC ejabberd, Secrets Manager or callers are',
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

/** Whether something is looked for in the whole VPC, for want of anything nearer. */
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
    (given['apiAccess'] === 'private' && given['apiVpcEndpointId'] === undefined)
  );
}

function hasEvents({ events }: Given): boolean {
  return String(events) === 'true';
}

function keepsKeys({ idempotency }: Given): boolean {
  return String(idempotency) === 'true';
}

function isStock({ ejabberdDialect = 'ejabberd' }: Given): boolean {
  return ejabberdDialect === 'ejabberd';
}
