/** The Secrets Manager client, and a secret as the functions read it. */

import { CredentialsUnavailableError } from '../errors/index.ts';
import { AWS_CLIENT_LIMITS } from '../shared/aws-client.ts';
import { describeAwsFailure } from '../shared/aws-failure.ts';

/** A secret's version by its staging label. */
export type SecretStage = 'AWSCURRENT' | 'AWSPENDING';

/** Reads one secret. */
export interface SecretStore {
  /**
   * @returns the text of the stage; `undefined` where the secret has none
   * @throws CredentialsUnavailableError where it can't be read
   */
  read(stage: SecretStage): Promise<string | undefined>;
}

/** What an unreachable Secrets Manager most often wants. */
export const ENDPOINT_ADVICE =
  'the function’s VPC needs an interface endpoint com.amazonaws.<region>.secretsmanager that its security group may reach, or a NAT';

/**
 * Loads and makes the SDK's client, with its usual settings and environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_SECRETS_MANAGER` …).
 *
 * The SDK is most of a cold start, so it is loaded here and not where no secret is configured.
 */
export async function secretsManager() {
  const sdk = await import('rostbeef-layer/secrets-manager');
  const client = new sdk.SecretsManagerClient(AWS_CLIENT_LIMITS);
  return { sdk, client };
}

/**
 * The secret in AWS Secrets Manager.
 *
 * @param secretArn the secret's ARN or name
 * @param setting the environment variable that holds it
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
          ? new CredentialsUnavailableError({ detail: `${setting} names no secret here`, cause: error })
          : refusedBySecretsManager(error, 'GetSecretValue', 'kms:Decrypt');
      }
    },
  };
}

/**
 * What a failed call of Secrets Manager means.
 *
 * @param operation what was called, such as `GetSecretValue`
 * @param keyAction what it also wants of the key that the secret is encrypted with, such as `kms:Decrypt`
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
