/** What a failed call of an AWS service means. The SDK's error names tell enough; its messages may hold more than that. */

/** What was called, and what it takes. */
export interface AwsCall {
  /** Such as `Secrets Manager`. */
  readonly service: string;
  /** Such as `GetSecretValue`. */
  readonly operation: string;
  /** What the function's role needs, in words. */
  readonly permission: string;
  /** What an unreachable service most often wants. */
  readonly advice: string;
}

/** Why a call failed, in words that hold nothing of what was sent or answered. */
export function whyAwsFailed(error: unknown, { service, operation, permission, advice }: AwsCall): string {
  const name = error instanceof Error ? error.name : 'an error';
  if (name === 'CredentialsProviderError' || isMissingProvider(error)) {
    return `there are no AWS credentials to call ${service} with`;
  }
  if (error instanceof Error && '$metadata' in error && hasStatus(error.$metadata)) {
    return `${service} refused ${operation} (${name}): the function’s role needs ${permission}`;
  }
  return `${service} can not be reached (${name}): ${advice}`;
}

/** Without credentials in the environment, the SDK asks its other providers, which the layer leaves out. */
function isMissingProvider(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

function hasStatus(metadata: unknown): boolean {
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    metadata.httpStatusCode !== undefined
  );
}
