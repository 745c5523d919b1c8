import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { folderOf } from './built.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { EjabberdSecret } from './ejabberd-secret.ts';
import { RostbeefFunction } from './rostbeef-function.ts';

/** Properties of an {@link EjabberdRotation}. */
export interface EjabberdRotationProps {
  /** The functions that call ejabberd as the account. */
  readonly rostbeef: EjabberdFunctions;
  /** The secret of the account. */
  readonly secret: EjabberdSecret;
  /** The secret of an administrator who may run `change_password`. Only the rotation function reads it. */
  readonly adminSecret: EjabberdSecret;
  /** Days between rotations, 1 to 1,000. @default 30 */
  readonly days?: number | undefined;
}

/**
 * Rotates the password of the functions’ account in Secrets Manager’s four steps, and changes it on ejabberd. No call fails
 * during a rotation. The first rotation runs after `days`, and not at the deployment, because the account may not exist yet.
 *
 * @example
 * new EjabberdRotation(this, 'Rotation', { rostbeef, secret, adminSecret })
 */
export class EjabberdRotation extends Construct {
  /** The rotation function. */
  readonly function: RostbeefFunction;

  constructor(scope: Construct, id: string, { rostbeef, secret, adminSecret, days = 30 }: EjabberdRotationProps) {
    super(scope, id);
    const { EJABBERD_SECRET_ARN: _, ...environment } = rostbeef.environment;
    this.function = new RostbeefFunction(this, 'Rotate', {
      ...rostbeef.placement,
      layer: rostbeef.layer,
      logRetention: rostbeef.props.logRetention,
      removalPolicy: rostbeef.props.removalPolicy,
      metricNamespace: rostbeef.props.metricNamespace,
      folder: folderOf('rotation'),
      description: 'Rotates the password of the rostbeef functions’ account',
      environment: { ...environment, ROTATION_ADMIN_SECRET_ARN: adminSecret.secret.secretArn },
      timeout: Duration.seconds(60),
      // Two rotations of one secret at the same time would undo each other.
      ...(rostbeef.props.maxConcurrency && { reservedConcurrency: 1 }),
    });
    adminSecret.grantRead(this.function);
    secret.grant(
      this.function,
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    );
    this.function.role.addToPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetRandomPassword'], resources: ['*'] }),
    );
    this.function.alias.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
      sourceArn: secret.secret.secretArn,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: secret.secret.secretArn,
      rotationLambdaArn: this.function.alias.functionArn,
      rotationRules: { automaticallyAfterDays: days },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(this.function);
    acknowledge(this.function.role, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'secretsmanager:GetRandomPassword, network interfaces and X-Ray segments have no resource-level permissions.',
    });
  }
}
