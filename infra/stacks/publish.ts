import { CfnOutput, Stack } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';

/** A value that others need: other stacks, other repositories, people. */
export interface Published {
  /** The name of the stack's output, such as `VpcId`. */
  readonly output: string;
  /** The end of the parameter's name, such as `vpc-id`: the whole is `/rostbeef/<environment>/vpc-id`. */
  readonly parameter: string;
  readonly value: string;
  /** What to do with it, in a sentence. */
  readonly description: string;
}

/**
 * Tells a value as an output of the stack and as a parameter of Systems Manager. A deployment in another repository reads
 * the parameter, because it has a fixed name and no tie to the stack.
 *
 * @example
 * publish(this, config, { output: 'VpcId', parameter: 'vpc-id', value: vpc.vpcId, description: 'Put ejabberd here.' })
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
