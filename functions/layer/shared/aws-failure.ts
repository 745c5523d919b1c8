/** Describes a failed call of an AWS service by the SDK's error name. The SDK's message is not used, because it may hold data. */

/** The call that failed, and advice. */
export interface AwsCall {
  /** Such as `Secrets Manager`. */
  readonly service: string;
  /** Such as `GetSecretValue`. */
  readonly operation: string;
  /** The permission that the function's role needs. */
  readonly permission: string;
  /** Advice for a service that can't be reached. */
  readonly advice: string;
}

/** Describes why a call failed. The words hold nothing of the request or the response. */
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

/** Without credentials in the environment, the SDK loads its other providers. The layer does not contain them. */
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
