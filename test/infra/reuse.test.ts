import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { afterAll, describe, expect, it } from 'vitest';
import {
  EjabberdApi,
  EjabberdEvents,
  EjabberdFunctions,
  EjabberdSecret,
  EjabberdWorkflows,
} from '../../infra/index.ts';
import { nameOf } from './policies.ts';

const ejabberd = { url: 'https://xmpp.internal:5443/xmlrpc' };

const outdir = mkdtempSync(join(tmpdir(), 'rostbeef-reuse-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** A stack of somebody else's. */
function theirs() {
  const stack = new Stack(new App({ outdir }), 'Theirs');
  return { stack, vpc: new Vpc(stack, 'Vpc') };
}

describe('another CDK app', () => {
  it('has a working minimum with one new and two properties', () => {
    const { stack, vpc } = theirs();
    new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::LayerVersion', 1);
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(functions.filter(({ Properties }) => Properties.Runtime === 'nodejs24.x')).toHaveLength(7);
    for (const { Properties } of functions.filter(({ Properties: { Layers } }) => Layers)) {
      expect(Properties.Environment.Variables).toEqual({
        EJABBERD_URL: ejabberd.url,
        EJABBERD_TIMEOUT_MS: '10000',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: expect.anything(),
      });
      expect(Properties.VpcConfig.SecurityGroupIds).toHaveLength(1);
    }
  });

  it('keeps logs for a month, and its queues and logs with the stack’s end, without saying so', () => {
    const { stack, vpc } = theirs();
    const rostbeef = new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd });
    new EjabberdApi(stack, 'Api', { functions: rostbeef.functions });
    new EjabberdEvents(stack, 'Events', { rostbeef });
    new EjabberdWorkflows(stack, 'Workflows', { rostbeef });
    const template = Template.fromStack(stack);
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs).toHaveLength(11);
    for (const { Properties, DeletionPolicy } of logs) {
      expect([Properties.RetentionInDays, DeletionPolicy]).toEqual([30, 'Retain']);
    }
    const queues = Object.values(template.findResources('AWS::SQS::Queue'));
    expect(queues).toHaveLength(7);
    for (const { DeletionPolicy } of queues) expect(DeletionPolicy).toBe('Retain');
  });

  it('can repeat a deployment that failed, because the version of each function is deleted with it', () => {
    const { stack, vpc } = theirs();
    new EjabberdWorkflows(stack, 'Workflows', {
      rostbeef: new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd }),
    });
    const versions = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Version'));
    expect(versions.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(Array(8).fill('RetainExceptOnCreate'));
  });

  it.each([0, 8, Number.NaN])(
    'is refused maxConcurrency %s, because each function needs a connection',
    (maxConcurrency) => {
      const { stack, vpc } = theirs();
      expect(() => new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd, maxConcurrency })).toThrow(
        'expected maxConcurrency of 9 or more',
      );
    },
  );

  it.each(['rostbeef', '@example.com', 'rostbeef@'])('is refused the account %s', (account) => {
    expect(() => new EjabberdSecret(theirs().stack, 'Account', { account })).toThrow('expected a bare JID');
  });

  it('gives the functions an account, and a role of its own the right to call two methods', () => {
    const { stack, vpc } = theirs();
    const secret = new EjabberdSecret(stack, 'Account', { account: 'rostbeef@example.com' });
    const { functions } = new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd, secret });
    const caller = new Role(stack, 'Caller', { assumedBy: new AccountPrincipal('123456789012') });
    new EjabberdApi(stack, 'Api', { functions }).grantInvoke(caller, ['get_roster', 'get_presence']);
    functions.get('send_stanza')?.grantInvoke(caller);
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    const own = policies.filter(({ Properties }) => nameOf(Properties.Roles[0]) === 'Caller');
    const text = JSON.stringify(own);
    expect(text).toContain('/POST/get_roster"');
    expect(text).toContain('/POST/get_presence"');
    expect(text).not.toContain('/POST/link_contacts');
    expect(text).toContain('lambda:InvokeFunction');
  });

  it('is told which variables do not fit into a function’s 4 KB', () => {
    const { stack, vpc } = theirs();
    const environment = { EJABBERD_SERVERS: 'a.example,'.repeat(500) };
    expect(() => new EjabberdFunctions(stack, 'Rostbeef', { vpc, ejabberd: { ...ejabberd, environment } })).toThrow(
      /expected at most 4096 bytes of environment variables: shorten EJABBERD_SERVERS \(50\d\d bytes\)$/,
    );
  });

  it('fails if a method has no function', () => {
    const { stack } = theirs();
    expect(() => new EjabberdApi(stack, 'Api', { functions: new Map() })).toThrow('no function for link_contacts');
  });
});
