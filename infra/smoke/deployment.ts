import { GetParametersByPathCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** The parameters that the stacks of a deployment publish. `undefined` if a stack is not deployed. */
export interface DeployedParts {
  readonly doctorArn: string | undefined;
  readonly apiUrl: string | undefined;
  readonly busArn: string | undefined;
  /** A `source` of events that the deployment takes. */
  readonly eventSource: string | undefined;
  /** The name of an alarm that may be set off. */
  readonly alarm: string | undefined;
}

/**
 * Reads the parameters below `/rostbeef/<environment>`.
 *
 * @throws Error if there are none
 */
export async function readDeployment(client: SSMClient, environment: string): Promise<DeployedParts> {
  const path = `/rostbeef/${environment}`;
  const values = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetParametersByPathCommand({ Path: path, Recursive: true, NextToken }));
    for (const { Name = '', Value = '' } of page.Parameters ?? []) values.set(Name.slice(path.length + 1), Value);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  if (values.size === 0) {
    throw new Error(
      `expected parameters below ${path}: deploy the environment ${environment}, or set AWS_REGION to its Region`,
    );
  }
  return {
    doctorArn: values.get('doctor-arn'),
    apiUrl: values.get('api-url'),
    busArn: values.get('bus-arn'),
    eventSource: values.get('event-source-to-try'),
    alarm: values.get('alarm-to-try'),
  };
}
