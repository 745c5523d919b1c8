/** Describes failed calls of AWS services by the SDK's error names, because its messages may quote the request. */
import { isObject } from './is-object.ts';

/** A call of an AWS service, for the description of its failure. */
interface AwsCall {
  /** The service, such as `Secrets Manager`. */
  readonly service: string;
  /** The operation, such as `GetSecretValue`. */
  readonly operation: string;
  /** The permission that the function's role needs, such as `secretsmanager:GetSecretValue`. */
  readonly permission: string;
  /** The most common fix if the service can not be reached. */
  readonly advice: string;
}

/** Describes why a call failed, and how to correct it. The text quotes nothing of the request and the response. */
export function describeAwsFailure(error: unknown, { service, operation, permission, advice }: AwsCall): string {
  const name = error instanceof Error ? error.name : 'an error';
  if (name === 'CredentialsProviderError' || isMissingProvider(error)) {
    return `AWS credentials are required to call ${service}`;
  }
  // Only a response has a status.
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  if (isObject(metadata) && metadata['httpStatusCode'] !== undefined) {
    return `${service} refused ${operation} (${name}): the function’s role needs ${permission}`;
  }
  return `${service} can not be reached (${name}): ${advice}`;
}

/** Detects missing credentials. Without them in the environment, the SDK loads its other providers, which the layer does not include. */
function isMissingProvider(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}
