import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { readDefinition, type State } from '../support/step-functions/definition.ts';
import { synthesizeMachines, WITH_TABLE } from '../workflows/machines.ts';
import { EVERYTHING, synthesize, templatesOf } from './synthesize.ts';

interface Verdict {
  readonly isValid: boolean;
  readonly errorsText: (separator?: string) => string;
}
const validate: (definition: unknown) => Verdict = createRequire(import.meta.url)('asl-validator');

const whole = synthesize(EVERYTHING);
afterAll(whole.remove);
const { workflows: template } = whole;
const propertiesOf = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);

const withTable = synthesizeMachines(WITH_TABLE);
const withoutTable = synthesizeMachines();

/** The states of a machine and of its maps, by name. */
function statesOf(definition: string): ReadonlyMap<string, State> {
  const inside = (states: Readonly<Record<string, State>>): readonly (readonly [string, State])[] =>
    Object.entries(states).flatMap(([name, state]) => [
      [name, state] as const,
      ...inside(state.ItemProcessor?.States ?? {}),
    ]);
  return new Map(inside(readDefinition(definition).States));
}

describe.each([
  ['bulk', withTable.bulk],
  ['onboarding', withTable.onboarding],
  ['bulk without a table', withoutTable.bulk],
  ['onboarding without a table', withoutTable.onboarding],
])('the definition %s', (name, definition) => {
  it('is valid', () => {
    const verdict = validate(JSON.parse(definition));
    expect(verdict.isValid, verdict.errorsText?.()).toBe(true);
  });

  it('is in the documentation, for machines that CDK does not make', async () => {
    if (name.includes(' ')) return;
    const text = definition.replaceAll(
      /function:(?:Rostbeef|Workflows)(\w+?)Live[0-9A-F]{8}:live/g,
      (_, id: string) => {
        const method = ['link_contacts', 'unlink_contacts', 'send_stanza', 'get_roster'].find(
          (one) => one.replaceAll('_', '') === id,
        );
        return `function:${method ?? 'prepare'}:live`;
      },
    );
    const own = text.replaceAll(withTable.bucket, 'amzn-s3-demo-bucket');
    const pretty = `${JSON.stringify(JSON.parse(own), null, 2)}\n`;
    await expect(pretty).toMatchFileSnapshot(`../../docs/workflows/${name}.asl.json`);
  });
});

it('the check of definitions finds a state that is not there', () => {
  expect(validate({ StartAt: 'Missing', States: { Only: { Type: 'Succeed' } } }).isValid).toBe(false);
});

describe('the bulk machine', () => {
  const states = statesOf(withTable.bulk);

  it('does each operation in an Express execution, ten at a time, and gives up at 5 % of failures', () => {
    expect(states.get('Operations')).toMatchObject({
      MaxConcurrency: 10,
      ToleratedFailurePercentage: 5,
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } },
    });
  });

  it('repeats a stanza like a link, because it has a key', () => {
    expect(states.get('send_stanza')?.Retry).toEqual(states.get('link_contacts')?.Retry);
    expect(states.get('send_stanza')?.Catch?.map(({ ErrorEquals }) => ErrorEquals)).toEqual([['OutcomeUnknownError']]);
  });

  it.each([
    [undefined, undefined, 10],
    [1000, undefined, 7],
    [100, undefined, 2],
    [16, undefined, 1],
    [1000, 12, 12],
    [1000, 500, 14],
    [undefined, 500, 500],
  ])(
    'has at most what maxConcurrency=%s leaves, with workflowConcurrency=%s',
    (maxConcurrency, concurrency, expected) => {
      const context = {
        ...(maxConcurrency !== undefined && { maxConcurrency }),
        ...(concurrency !== undefined && { workflowConcurrency: concurrency }),
      };
      expect(statesOf(synthesizeMachines(context).bulk).get('Operations')?.MaxConcurrency).toBe(expected);
    },
  );
});

describe('the onboarding machine', () => {
  it('has a key for its welcome if there is a table, and else does not repeat it', () => {
    const keyed = statesOf(withTable.onboarding).get('Welcome');
    const unkeyed = statesOf(withoutTable.onboarding).get('Welcome');
    expect(JSON.stringify(keyed?.Arguments)).toContain('idempotencyKey');
    expect(JSON.stringify(unkeyed?.Arguments)).not.toContain('idempotencyKey');
    expect(unkeyed?.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain('States.ALL');
    expect(unkeyed?.Catch?.[0]?.ErrorEquals).toContain('Lambda.Unknown');
  });
});

describe('the workflows', () => {
  it('keep their files encrypted, over TLS only, never public, and for 30 days', () => {
    const [bucket] = propertiesOf('AWS::S3::Bucket');
    expect(bucket).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
      LifecycleConfiguration: {
        Rules: [
          { ExpirationInDays: 30, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
        ],
      },
    });
    const policy = JSON.stringify(propertiesOf('AWS::S3::BucketPolicy'));
    expect(policy).toContain('"aws:SecureTransport":"false"');
  });

  it('use a bucket that is there', () => {
    const { workflows } = templatesOf({ ...EVERYTHING, workflowBucketName: 'theirs' });
    workflows.resourceCountIs('AWS::S3::Bucket', 0);
  });

  it('are traced, and log errors without what went in and out, unless told', () => {
    const told = templatesOf({ ...EVERYTHING, workflowExecutionData: 'true' }).workflows;
    for (const [from, data] of [
      [template, false],
      [told, true],
    ] as const) {
      from.allResourcesProperties('AWS::StepFunctions::StateMachine', {
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: data },
      });
    }
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
  });

  it('prepare files outside the VPC', () => {
    const functions = propertiesOf('AWS::Lambda::Function');
    expect(functions).toHaveLength(1);
    expect(functions[0]).toMatchObject({ Timeout: 900, MemorySize: 1024, TracingConfig: { Mode: 'Active' } });
    expect(functions[0]?.VpcConfig).toBeUndefined();
  });
});
