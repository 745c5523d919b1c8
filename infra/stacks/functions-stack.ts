import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functionEnvironment } from '../config/function-environment.ts';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdDoctor } from '../constructs/ejabberd-doctor.ts';
import { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { EjabberdIdempotency } from '../constructs/ejabberd-idempotency.ts';
import { EjabberdRotation } from '../constructs/ejabberd-rotation.ts';
import { EjabberdSecret } from '../constructs/ejabberd-secret.ts';
import type { Placement } from '../constructs/rostbeef-function.ts';
import { metricNamespaceOf, removalPolicyOf } from './policies.ts';

/**
 * The layer, the seven functions, the doctor, the secret and its rotation; and the table of idempotency keys, for the
 * function that keeps them has to know it, and the events have to know the function.
 */
export class FunctionsStack extends Stack {
  readonly rostbeef: EjabberdFunctions;
  readonly doctor: EjabberdDoctor;
  readonly rotation: EjabberdRotation | undefined;

  constructor(scope: Construct, id: string, config: Configuration, placement: Placement, props: StackProps) {
    super(scope, id, props);
    const removalPolicy = removalPolicyOf(config);
    const secret = this.#secret(config);
    this.rostbeef = new EjabberdFunctions(this, 'Rostbeef', {
      vpc: placement.vpc,
      placement,
      ejabberd: {
        url: config.ejabberdUrl,
        caPem: config.ejabberdCaPem,
        timeoutMs: config.ejabberdTimeoutMs,
        environment: functionEnvironment(config),
      },
      secret,
      idempotency: config.idempotency ? new EjabberdIdempotency(this, 'Idempotency', { removalPolicy }) : undefined,
      maxConcurrency: config.maxConcurrency,
      metricNamespace: metricNamespaceOf(config),
      logRetention: config.logRetentionDays,
      removalPolicy,
    });
    this.doctor = new EjabberdDoctor(this, 'Doctor', { rostbeef: this.rostbeef, minutes: config.doctorMinutes });
    const { rotationAdminSecretArn: secretArn, rotationAdminSecretKeyArn: keyArn } = config;
    if (secret !== undefined && secretArn !== undefined) {
      const adminSecret = new EjabberdSecret(this, 'Administrator', { secretArn, keyArn });
      const { rotationDays: days } = config;
      this.rotation = new EjabberdRotation(this, 'Rotation', { rostbeef: this.rostbeef, secret, adminSecret, days });
    }
    for (const [name, { alias }] of this.rostbeef.functions) {
      new CfnOutput(this, name.replaceAll('_', ''), {
        value: alias.functionArn,
        description: `Invoke ${name} by this ARN`,
      });
    }
    if (secret !== undefined) new CfnOutput(this, 'SecretArn', { value: secret.secret.secretArn });
  }

  /** Classic servers know no credentials. */
  #secret({ ejabberdDialect, secretArn, secretKeyArn, ejabberdAccount, ...config }: Configuration) {
    if (ejabberdDialect === 'rostbeef') return undefined;
    if (secretArn !== undefined) return new EjabberdSecret(this, 'Account', { secretArn, keyArn: secretKeyArn });
    if (ejabberdAccount === undefined) return undefined;
    return new EjabberdSecret(this, 'Account', { account: ejabberdAccount, removalPolicy: removalPolicyOf(config) });
  }
}
