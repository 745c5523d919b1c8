/** Stacks synthesized in the test's own process, without network, credentials or the CDK's command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { onTestFinished } from 'vitest';
import project from '../../cdk.json' with { type: 'json' };
import { readContext } from '../../infra/config/read-context.ts';
import { makeStacks } from '../../infra/stacks/stacks.ts';

/** What `-c` would add to the committed context. */
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
  ...EXISTING_VPC,
  secretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:ejabberd-AbCdEf',
  secretKeyArn: `${key}/11111111-2222-3333-4444-555555555555`,
  rotationAdminSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:admin-AbCdEf',
  rotationAdminSecretKeyArn: `${key}/66666666-7777-8888-9999-000000000000`,
  maxConcurrency: '100',
  events: 'true',
  idempotency: 'true',
  dynamodbPrefixListId: 'pl-0123456789abcdef0',
  routeTableIds: 'rtb-0123456789abcdef0',
  alarmEmail: 'ops@example.com',
  owner: 'messaging',
};

/** The templates by the part of the system that they are of. */
export function synthesize(context: Context = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'rostbeef-cdk-'));
  const remove = () => rmSync(outdir, { recursive: true, force: true });
  try {
    const app = new App({ outdir, context: { ...project.context, ...context } });
    const { network, functions, api, events, monitoring } = makeStacks(app, readContext(app.node.getAllContext()));
    return {
      app,
      outdir,
      network: Template.fromStack(network),
      functions: Template.fromStack(functions),
      api: Template.fromStack(api),
      events: events && Template.fromStack(events),
      monitoring: Template.fromStack(monitoring),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** One that is gone with the test. */
export function synthesizeForTest(context: Context = {}) {
  const synthesized = synthesize(context);
  onTestFinished(synthesized.remove);
  return synthesized;
}
