import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type Context, EVERYTHING, EXISTING_VPC, synthesizeForTest } from './synthesize.ts';

const deployments: readonly (readonly [string, Context])[] = [
  ['dev in a new VPC', {}],
  ['dev in an existing VPC', EXISTING_VPC],
  ['prod in a new VPC', { environment: 'prod' }],
  [
    'dev with a rotated secret of its own and events',
    { events: true, rotationAdminSecretArn: EVERYTHING['rotationAdminSecretArn'] },
  ],
  ['a classic server', { ejabberdDialect: 'rostbeef', ejabberdUrl: 'http://10.0.0.10:4560/', maxConcurrency: 10 }],
  ['prod with everything that is optional', EVERYTHING],
];

describe.each(deployments)('cdk-nag on %s', (_, context) => {
  it.each([
    ['AWS Solutions', AwsSolutionsChecks],
    ['Serverless', ServerlessChecks],
  ])('finds nothing by its pack %s', (_name, Pack) => {
    const { app } = synthesizeForTest(context);
    const { violations } = new Pack(app).validateScope(app);
    const found = violations.flatMap(({ ruleName, violatingResources }) =>
      JSON.stringify([ruleName, violatingResources]),
    );
    expect(found).toEqual([]);
  });
});
