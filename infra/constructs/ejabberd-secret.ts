import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** An existing secret, or the account for a new one. */
export type EjabberdSecretProps =
  | {
      /** The complete ARN of a secret with `{"user", "server", "password"}`. */
      readonly secretArn: string;
      /** The ARN of its customer-managed key. @default - it is encrypted with `aws/secretsmanager` */
      readonly keyArn?: string | undefined;
    }
  | {
      /** The bare JID of the account for the new secret, such as `rostbeef@example.com`. */
      readonly account: string;
      /** The removal policy of the secret and its key. @default RemovalPolicy.RETAIN */
      readonly removalPolicy?: RemovalPolicy | undefined;
    };

/** The form of a secret, for its description. */
const FORM = '{"user": "…", "server": "…", "password": "…"}';

/**
 * The credentials of an ejabberd account: an existing secret, or a new one with a generated password and a customer-managed
 * key. Register a generated password at ejabberd: `ejabberdctl register <user> <server> <password>`.
 *
 * @throws Error if `account` is not a bare JID
 *
 * @example
 * new EjabberdSecret(this, 'Account', { account: 'rostbeef@example.com' }).grantRead(role)
 */
export class EjabberdSecret extends Construct {
  /** The secret. */
  readonly secret: ISecret;
  readonly #key: IKey | undefined;

  constructor(scope: Construct, id: string, props: EjabberdSecretProps) {
    super(scope, id);
    if ('secretArn' in props) {
      this.secret = Secret.fromSecretCompleteArn(this, 'Secret', props.secretArn);
      this.#key = props.keyArn === undefined ? undefined : Key.fromKeyArn(this, 'Key', props.keyArn);
      return;
    }
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const [user = '', server = ''] = props.account.split('@');
    if (user === '' || server === '') {
      throw new Error(`expected a bare JID such as rostbeef@example.com, not ${props.account}`);
    }
    this.#key = new Key(this, 'Key', {
      description: `The key of the secret for ${props.account}`,
      enableKeyRotation: true,
      removalPolicy,
      pendingWindow: Duration.days(7),
    });
    this.secret = new Secret(this, 'Secret', {
      description: `The account of the rostbeef functions at ejabberd, as JSON: ${FORM}`,
      encryptionKey: this.#key,
      removalPolicy,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ user, server }),
        generateStringKey: 'password',
        passwordLength: 40,
        // SASLprep and shells leave letters and digits as they are.
        excludePunctuation: true,
      },
    });
    acknowledge(this.secret, {
      id: 'AwsSolutions-SMG4',
      reason: 'EjabberdRotation rotates it, and needs the secret of an administrator.',
    });
  }

  /**
   * Allows an identity to read the value.
   *
   * @param grantee the identity
   */
  grantRead(grantee: IGrantable): void {
    this.grant(grantee, 'secretsmanager:GetSecretValue');
  }

  /**
   * Allows an identity to make calls for the secret, and to use its key for them.
   *
   * @param grantee the identity
   * @param actions IAM actions, such as `secretsmanager:GetSecretValue`
   */
  grant(grantee: IGrantable, ...actions: readonly string[]): void {
    const principal = grantee.grantPrincipal;
    principal.addToPrincipalPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [this.secret.secretArn] }),
    );
    if (this.#key === undefined) return;
    const isWriter = actions.includes('secretsmanager:PutSecretValue');
    principal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', ...(isWriter ? ['kms:GenerateDataKey'] : [])],
        resources: [this.#key.keyArn],
        conditions: { StringEquals: { 'kms:EncryptionContext:SecretARN': this.secret.secretArn } },
      }),
    );
  }
}
