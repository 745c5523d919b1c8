/** IAM's decision on a call, by every policy of a deployment that applies. */
import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Deployed } from './account.ts';
import type { Json } from './template.ts';

/** A call of an AWS API. */
export interface Call {
  /** The ARN of a role, or the name of a service. */
  readonly principal: string;
  readonly action: string;
  /** An ARN, or `*` if the action has none. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
  /** The identity's own policies, if it is none of the deployment's roles. */
  readonly identityPolicies?: readonly Json[];
}

const ACCOUNT = '123456789012';

/**
 * Whether IAM allows a call: by the policies of the role, of the resource and its key, and of the endpoint on the way.
 *
 * @param all the resources of the deployment
 */
export async function isAllowed(all: readonly Deployed[], call: Call): Promise<boolean> {
  const { principal, action, resource, context = {}, identityPolicies = identityPoliciesOf(all, principal) } = call;
  const resourcePolicy = resourcePolicyOf(all, resource);
  const endpoint = endpointPolicyOf(all, action, principal);
  const found = await runSimulation(
    inWordsOfTheSimulator({
      request: {
        principal,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: {
          'aws:SecureTransport': 'true',
          ...(principal.startsWith('arn:') && { 'aws:PrincipalAccount': principal.split(':')[4] ?? '' }),
          ...context,
        },
      },
      identityPolicies: identityPolicies.map((policy, index) => ({ name: `policy${index}`, policy })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy,
      ...(endpoint !== undefined && { vpcEndpointPolicies: [{ name: 'endpoint', policy: endpoint }] }),
    }),
    {},
  );
  if (found.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(found.errors)}`);
  return found.overallResult === 'Allowed';
}

/**
 * The simulator ignores `kms:EncryptionContext:…` in a request, because its list of keys has none with a free part. Policies
 * and request get a key instead that is compared in the same way.
 */
function inWordsOfTheSimulator(simulation: Simulation): Simulation {
  return JSON.parse(JSON.stringify(simulation).replaceAll('kms:EncryptionContext:', 'aws:RequestTag/'));
}

/** The policies of a role, in whichever stack they are. */
function identityPoliciesOf(all: readonly Deployed[], principal: string): readonly Json[] {
  const role = all.find(({ arn, type }) => type === 'AWS::IAM::Role' && arn === principal);
  const name = principal.split('/').at(-1);
  if (role === undefined) return [];
  return all
    .filter(({ type, properties }) => type === 'AWS::IAM::Policy' && listOf(properties['Roles']).includes(String(name)))
    .flatMap(({ properties }) => properties['PolicyDocument'] ?? []);
}

/** The policy that is attached to a resource, of whatever type that is. */
function resourcePolicyOf(all: readonly Deployed[], resource: string): Json | undefined {
  const statements = [
    ...attached(all, 'AWS::SQS::QueuePolicy', 'Queues', 'PolicyDocument', resource.split(':').at(-1)),
    ...attached(all, 'AWS::SNS::TopicPolicy', 'Topics', 'PolicyDocument', resource),
    ...all
      .filter(({ type, arn }) => type === 'AWS::KMS::Key' && arn === resource)
      .flatMap(({ properties }) => statementsOf(properties['KeyPolicy'])),
    ...all
      .filter(
        ({ type, id }) =>
          type === 'AWS::ApiGateway::RestApi' && resource.includes(`execute-api`) && resource.includes(id),
      )
      .flatMap(({ properties }) => statementsOf(properties['Policy']))
      // API Gateway completes the short form of a resource.
      .map((statement) => ({ ...Object(statement), Resource: resource })),
    ...all
      .filter(({ type, properties }) => type === 'AWS::Lambda::Permission' && properties['FunctionName'] === resource)
      .map(({ properties }) => permissionOf(properties, resource)),
    ...(isKeyOfOthers(all, resource) ? [DEFAULT_KEY_STATEMENT] : []),
  ];
  return statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: statements };
}

/** The policy that KMS gives a key unless it is told another: IAM decides for the account. */
const DEFAULT_KEY_STATEMENT: Json = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

function isKeyOfOthers(all: readonly Deployed[], resource: string): boolean {
  return resource.startsWith('arn:aws:kms:') && !all.some(({ arn }) => arn === resource);
}

function attached(
  all: readonly Deployed[],
  wanted: string,
  list: string,
  document: string,
  name: string | undefined,
): readonly Json[] {
  return all
    .filter(({ type, properties }) => type === wanted && listOf(properties[list]).includes(String(name)))
    .flatMap(({ properties }) => statementsOf(properties[document]));
}

/** A permission of Lambda, as the statement that Lambda makes of it. */
function permissionOf(properties: Deployed['properties'], resource: string): Json {
  const { Action, Principal, SourceArn, SourceAccount } = properties;
  return {
    Effect: 'Allow',
    Principal: { Service: Principal ?? '' },
    Action: Action ?? '',
    Resource: resource,
    Condition: {
      ...(SourceArn !== undefined && { ArnLike: { 'aws:SourceArn': SourceArn } }),
      ...(SourceAccount !== undefined && { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
    },
  };
}

/** Calls of the functions go through the endpoint that they have for a service. */
function endpointPolicyOf(all: readonly Deployed[], action: string, principal: string): Json | undefined {
  if (!principal.startsWith('arn:')) return undefined;
  const [service = ''] = action.split(':');
  const endpoint = all.find(
    ({ type, properties }) =>
      type === 'AWS::EC2::VPCEndpoint' && String(properties['ServiceName']).endsWith(`.${service}`),
  );
  return endpoint?.properties['PolicyDocument'];
}

function statementsOf(document: Json | undefined): readonly Json[] {
  const { Statement = [] }: { Statement?: Json } = Object(document);
  return Array.isArray(Statement) ? Statement : [Statement];
}

function listOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
