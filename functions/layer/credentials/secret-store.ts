/** Reads secrets from AWS Secrets Manager. */

import { CredentialsUnavailableError } from '../errors/index.ts';
import { AWS_CLIENT_LIMITS } from '../shared/aws-client.ts';
import { describeAwsFailure } from '../shared/aws-failure.ts';

/** The staging label of a secret's version. */
export type SecretStage = 'AWSCURRENT' | 'AWSPENDING';

/** Reads one secret. */
export interface SecretStore {
  /**
   * Reads the text of a stage.
   *
   * @returns the text; `undefined` if the secret has no version with this stage
   * @throws CredentialsUnavailableError if the secret can't be read
   */
  read(stage: SecretStage): Promise<string | undefined>;
}

/** The most common fix if Secrets Manager can not be reached. */
export const ENDPOINT_ADVICE =
  'the function’s VPC needs an interface endpoint com.amazonaws.<region>.secretsmanager that its security group may reach, or a NAT';

/**
 * Loads the SDK and creates its client with the settings of the environment, such as `AWS_REGION` and
 * `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
 *
 * The SDK is loaded on demand, because it is most of a cold start.
 */
export async function secretsManager() {
  const sdk = await import('rostbeef-layer/secrets-manager');
  const client = new sdk.SecretsManagerClient(AWS_CLIENT_LIMITS);
  return { sdk, client };
}

/**
 * Creates a store that reads a secret of AWS Secrets Manager. It starts loading the SDK at once.
 *
 * @param secretArn the ARN or name of the secret
 * @param setting the environment variable with the ARN, for error messages
 * @example
 * await secretsManagerStore(secretArn).read('AWSCURRENT') // '{"user":"rostbeef",…}'
 */
export function secretsManagerStore(secretArn: string, setting = 'EJABBERD_SECRET_ARN'): SecretStore {
  const loaded = secretsManager();
  return {
    async read(stage) {
      const { sdk, client } = await loaded;
      try {
        const answer = await client.send(new sdk.GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }));
        return answer.SecretString;
      } catch (error) {
        const isMissing = error instanceof sdk.ResourceNotFoundException;
        if (isMissing && stage === 'AWSPENDING') return undefined;
        throw isMissing
          ? new CredentialsUnavailableError({ detail: `${setting} names a secret that does not exist`, cause: error })
          : refusedBySecretsManager(error, 'GetSecretValue', 'kms:Decrypt');
      }
    },
  };
}

/**
 * Creates the error for a failed call of Secrets Manager.
 *
 * @param operation the operation, such as `GetSecretValue`
 * @param keyAction the permission that it also needs on the KMS key of the secret, such as `kms:Decrypt`
 */
export function refusedBySecretsManager(
  error: unknown,
  operation: string,
  keyAction?: string,
): CredentialsUnavailableError {
  const key = keyAction === undefined ? '' : `, and ${keyAction} on its key`;
  const permission = `secretsmanager:${operation}${key}`;
  const call = { service: 'Secrets Manager', operation, permission, advice: ENDPOINT_ADVICE };
  return new CredentialsUnavailableError({ detail: describeAwsFailure(error, call), cause: error });
}
