/** Stacks synthesized in the test's own process, without network, credentials or the CDK's command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import project from '../../cdk.json' with { type: 'json' };
import { readContext } from '../../infra/config/read-context.ts';
import type { Credentials } from '../../infra/config/target.ts';
import { makeStacks } from '../../infra/stacks/stacks.ts';
import type { StackTemplate } from './template.ts';

/** The values that `-c` would add to the committed context. */
export type Context = Readonly<Record<string, unknown>>;

const key = 'arn:aws:kms:eu-west-1:123456789012:key';

/** An existing VPC, known by its attributes. */
export const EXISTING_VPC: Context = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  vpcCidr: '10.1.0.0/16',
};

/** A deployment with everything that is optional. */
export const EVERYTHING: Context = {
  environment: 'prod',
  ejabberdUrl: 'https://xmpp.internal:5443/xmlrpc',
  ejabberdAccount: 'rostbeef@xmpp.internal',
  ...EXISTING_VPC,
  secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ejabberd-AbCdEf',
  secretKeyArn: `${key}/11111111-2222-3333-4444-555555555555`,
  rotationAdminSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf',
  rotationAdminSecretKeyArn: `${key}/66666666-7777-8888-9999-000000000000`,
  maxConcurrency: '100',
  events: 'true',
  idempotency: 'true',
  workflows: 'true',
  dynamodbPrefixListId: 'pl-0123456789abcdef0',
  routeTableIds: 'rtb-0123456789abcdef0',
  alarmEmail: 'ops@example.com',
  owner: 'messaging',
};

/** The least that a deployment with events needs. */
export const WITH_EVENTS: Context = { events: 'true', dynamodbPrefixListId: 'pl-0123456789abcdef0' };

/** AWS's response to a look-up of a VPC with two groups of private subnets. */
export const TWO_GROUPS_IN_EACH_ZONE: Context = {
  'vpc-provider:account=123456789012:filter.vpc-id=vpc-0123456789abcdef0:region=eu-west-1:returnAsymmetricSubnets=true':
    {
      vpcId: 'vpc-0123456789abcdef0',
      vpcCidrBlock: '10.1.0.0/16',
      availabilityZones: [],
      subnetGroups: ['first', 'second'].map((name, index) => ({
        name,
        type: 'Private',
        subnets: ['a', 'b'].map((zone) => ({
          subnetId: `subnet-${index + 1}${zone}`,
          cidr: '10.1.0.0/24',
          availabilityZone: `eu-west-1${zone}`,
          routeTableId: `rtb-${index + 1}${zone}`,
        })),
      })),
    },
};

/**
 * Synthesizes a configuration into a folder, which the caller removes.
 *
 * @param validates whether to run the CDK's own validator, which takes most of the time
 */
export function synthesize(context: Context = {}, credentials: Credentials = {}, validates = false) {
  process.env['CDK_VALIDATION'] = String(validates);
  const outdir = mkdtempSync(join(tmpdir(), 'rostbeef-cdk-'));
  const remove = () => rmSync(outdir, { recursive: true, force: true });
  try {
    const app = new App({ outdir, context: { ...project.context, ...context } });
    const { network, functions, api, events, workflows, monitoring } = makeStacks(
      app,
      readContext(app.node.getAllContext(), credentials),
    );
    const templates = [network, functions, api, events, workflows, monitoring].map(
      (stack) => [stack.stackName, Template.fromStack(stack).toJSON() as StackTemplate] as const,
    );
    return {
      app,
      outdir,
      /** The templates by the name of their stack, in the order of their deployment. */
      stacks: new Map(templates),
      network: Template.fromStack(network),
      functions: Template.fromStack(functions),
      api: Template.fromStack(api),
      events: Template.fromStack(events),
      workflows: Template.fromStack(workflows),
      monitoring: Template.fromStack(monitoring),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

const known = new Map<string, ReturnType<typeof synthesize>>();

/** The templates of a configuration, synthesized once in a process. Their folder is removed at once. */
export function templatesOf(context: Context = {}, credentials: Credentials = {}) {
  const key = JSON.stringify([context, credentials]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const templates = synthesize(context, credentials);
  templates.remove();
  known.set(key, templates);
  return templates;
}
