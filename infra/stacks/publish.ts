import { CfnOutput, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';

/** A value that people and other deployments need. */
export interface Published {
  /** The name of the stack's output, such as `VpcId`. */
  readonly output: string;
  /** The last part of the parameter’s name, such as `vpc-id` for `/rostbeef/<environment>/vpc-id`. */
  readonly parameter: string;
  readonly value: string;
  /** How to use the value, in a sentence. */
  readonly description: string;
}

/**
 * Publishes a value as an output of the stack and as a parameter of Systems Manager. Deployments in other repositories read
 * the parameter, because its name is fixed and does not depend on the stack.
 *
 * @example
 * publish(this, config, { output: 'VpcId', parameter: 'vpc-id', value: vpc.vpcId, description: 'The VPC of the functions.' })
 */
export function publish(scope: Construct, { environment }: Configuration, published: Published): void {
  const { output, parameter, value, description } = published;
  new CfnOutput(Stack.of(scope), output, { value, description });
  new StringParameter(scope, `${output}Parameter`, {
    parameterName: `/rostbeef/${environment}/${parameter}`,
    stringValue: value,
    description,
  });
}
