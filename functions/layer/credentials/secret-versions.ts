/** Reads and moves the staging labels of a secret's versions, for its rotation. */
import { refusedBySecretsManager, type SecretStage, secretsManager } from './secret-store.ts';

/** The versions of one secret. */
export interface SecretVersions {
  /** Tells whether rotation is enabled, and the staging labels of each version that has one. */
  describe(): Promise<{ readonly rotates: boolean; readonly stagesOf: ReadonlyMap<string, readonly string[]> }>;
  /** Reads the text of a stage, of a certain version if one is given; `undefined` if there is none. */
  read(stage: SecretStage, versionId?: string): Promise<string | undefined>;
  /** Makes a new password of letters and digits. */
  randomPassword(length: number): Promise<string>;
  /** Stores the text of a version as `AWSPENDING`. Resolves to `false` if the version has another text, which it keeps. */
  putPending(versionId: string, text: string): Promise<boolean>;
  /** Moves `AWSCURRENT` from the version that has it to another. */
  makeCurrent(versionId: string, previousId: string | undefined): Promise<void>;
}

/**
 * Opens the versions of a secret in AWS Secrets Manager. Every method throws a `CredentialsUnavailableError` that names the
 * operation that failed.
 *
 * @param secretArn the secret's ARN or name
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
