/** The CDK app that `cdk synth` and `cdk deploy` run. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ConfigError, readContext } from './config/read-context.ts';
import { makeStacks } from './stacks/stacks.ts';

const app = new App();
try {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  makeStacks(app, readContext(app.node.getAllContext(), { account, region }));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
