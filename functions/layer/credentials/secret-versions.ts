/** Reads and writes the versions of a secret and their staging labels, for its rotation. */
import { refusedBySecretsManager, type SecretStage, secretsManager } from './secret-store.ts';

/** The versions of one secret. Every method throws a `CredentialsUnavailableError` with the failed operation. */
export interface SecretVersions {
  /** Returns whether rotation is enabled, and the staging labels of each version that has any. */
  describe(): Promise<{ readonly rotates: boolean; readonly stagesOf: ReadonlyMap<string, readonly string[]> }>;
  /** Reads the text of a stage; `undefined` for a stage without a version. With a version id, only that version counts. */
  read(stage: SecretStage, versionId?: string): Promise<string | undefined>;
  /** Returns a new password of letters and digits. */
  randomPassword(length: number): Promise<string>;
  /** Writes the text of a version, as `AWSPENDING`. Resolves to `false` if the version has another text, which stays. */
  putPending(versionId: string, text: string): Promise<boolean>;
  /** Moves `AWSCURRENT` from the previous version to another. */
  makeCurrent(versionId: string, previousId: string | undefined): Promise<void>;
}

/**
 * Opens the versions of a secret in AWS Secrets Manager. It starts loading the SDK at once.
 *
 * @param secretArn the ARN or name of the secret
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @example
 * const { rotates } = await secretVersions(secretArn).describe();
 */
export function secretVersions(secretArn: string): SecretVersions {
  const loaded = secretsManager();
  const secret = { SecretId: secretArn };
  return {
    async describe() {
      const { sdk, client } = await loaded;
      const { RotationEnabled, VersionIdsToStages = {} } = await client
        .send(new sdk.DescribeSecretCommand(secret))
        .catch(refused('DescribeSecret'));
      return { rotates: RotationEnabled === true, stagesOf: new Map(Object.entries(VersionIdsToStages)) };
    },

    async read(stage, versionId) {
      const { sdk, client } = await loaded;
      const input = { ...secret, VersionStage: stage, VersionId: versionId };
      const answer = await client.send(new sdk.GetSecretValueCommand(input)).catch((error: unknown) => {
        if (error instanceof sdk.ResourceNotFoundException) return undefined;
        throw refusedBySecretsManager(error, 'GetSecretValue', 'kms:Decrypt');
      });
      return answer?.SecretString;
    },

    async randomPassword(length) {
      const { sdk, client } = await loaded;
      const input = { PasswordLength: length, ExcludePunctuation: true };
      const { RandomPassword = '' } = await client
        .send(new sdk.GetRandomPasswordCommand(input))
        .catch(refused('GetRandomPassword'));
      return RandomPassword;
    },

    async putPending(versionId, text) {
      const { sdk, client } = await loaded;
      const input = { ...secret, ClientRequestToken: versionId, SecretString: text, VersionStages: ['AWSPENDING'] };
      const answer = await client.send(new sdk.PutSecretValueCommand(input)).catch((error: unknown) => {
        if (error instanceof sdk.ResourceExistsException) return undefined;
        throw refusedBySecretsManager(error, 'PutSecretValue', 'kms:GenerateDataKey');
      });
      return answer !== undefined;
    },

    async makeCurrent(versionId, previousId) {
      const { sdk, client } = await loaded;
      const input = {
        ...secret,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: versionId,
        RemoveFromVersionId: previousId,
      };
      await client.send(new sdk.UpdateSecretVersionStageCommand(input)).catch(refused('UpdateSecretVersionStage'));
    },
  };
}

function refused(operation: string): (error: unknown) => never {
  return (error) => {
    throw refusedBySecretsManager(error, operation);
  };
}
