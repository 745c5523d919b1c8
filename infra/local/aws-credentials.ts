/** The AWS credentials of the user of `npm start`, for the functions. On Lambda, a function has those of its role. */

import { CommandError } from '../command/errors.ts';

/** AWS credentials as environment variables. */
export interface AwsCredentials {
  readonly environment: Readonly<Record<string, string>>;
  /** When the credentials expire. `undefined` if they don’t. */
  readonly expiration: Date | undefined;
}

/** No credentials were found. The message says how to set them. */
export class AwsCredentialsError extends CommandError {
  override readonly name = 'AwsCredentialsError';
}

/** Variables that select credentials. A function gets the selected credentials only. */
const CHOICE =
  /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CREDENTIAL_|ACCOUNT_ID|(DEFAULT_)?PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|SDK_LOAD_CONFIG|ROLE_|WEB_IDENTITY_|CONTAINER_|EC2_METADATA_|LOGIN_)/;

/** Removes the variables that select credentials. */
export function withoutCredentials(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !CHOICE.test(name)));
}

/**
 * Finds credentials as every AWS SDK does: in the environment, in the shared files, by SSO, from a container or an instance.
 *
 * @returns a function that returns the same credentials until they are about to expire, and then new ones. It throws
 * AwsCredentialsError if there are none
 * @example
 * const credentials = await awsCredentials();
 * const { environment } = await credentials();
 */
export async function awsCredentials(): Promise<() => Promise<AwsCredentials>> {
  // An SDK client has the default chain of providers. Nothing is sent to Lambda.
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const { config } = new LambdaClient({});
  return async () => {
    const found = await config.credentials().catch((cause: unknown) => {
      const advice = 'run "aws sso login" or "aws configure", or set AWS_PROFILE or AWS_ACCESS_KEY_ID';
      throw new AwsCredentialsError(`AWS credentials are required to read the secret or the table: ${advice}.`, {
        cause,
      });
    });
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = found;
    const environment = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
    };
    return { environment, expiration };
  };
}
