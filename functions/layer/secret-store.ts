/** The one place that knows the Secrets Manager client. */
import { CredentialsUnavailableError } from './errors/index.ts';

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

/** In a VPC without endpoint or NAT the connection just hangs: two tries of this must end well within a function's time. */
const CONNECT_MS = 1_000;
const ANSWER_MS = 2_000;

/**
 * The secret in AWS Secrets Manager, through the SDK's client and its usual settings and environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_SECRETS_MANAGER` …).
 *
 * The SDK is most of a cold start, so it is loaded here and not where no secret is configured.
 *
 * @param secretArn the secret's ARN or name
 */
export function secretsManagerStore(secretArn: string): SecretStore {
  const loaded = import('@aws-sdk/client-secrets-manager').then((sdk) => ({
    sdk,
    client: new sdk.SecretsManagerClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
    }),
  }));
  return {
    async read(stage) {
      const { sdk, client } = await loaded;
      try {
        const answer = await client.send(new sdk.GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }));
        return answer.SecretString;
      } catch (error) {
        const isMissing = error instanceof sdk.ResourceNotFoundException;
        if (isMissing && stage === 'AWSPENDING') return undefined;
        const detail = isMissing ? 'EJABBERD_SECRET_ARN names no secret here' : whyUnreadable(error);
        throw new CredentialsUnavailableError({ detail, cause: error });
      }
    },
  };
}

/** The SDK's error names and codes tell enough; its messages may hold more than that. */
function whyUnreadable(error: unknown): string {
  const name = error instanceof Error ? error.name : 'an error';
  if (name === 'CredentialsProviderError') return 'there are no AWS credentials to read it with';
  if (error instanceof Error && '$metadata' in error && hasStatus(error.$metadata)) {
    return `Secrets Manager refused to read it (${name}): the function’s role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key`;
  }
  return `Secrets Manager can not be reached (${name}): ${ENDPOINT_ADVICE}`;
}

function hasStatus(metadata: unknown): boolean {
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    metadata.httpStatusCode !== undefined
  );
}
