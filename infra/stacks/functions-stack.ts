import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functionEnvironment } from '../config/function-environment.ts';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdDoctor } from '../constructs/ejabberd-doctor.ts';
import { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { EjabberdIdempotency } from '../constructs/ejabberd-idempotency.ts';
import { type DynamoDbAccess, EjabberdNetwork } from '../constructs/ejabberd-network.ts';
import { EjabberdRotation } from '../constructs/ejabberd-rotation.ts';
import { EjabberdSecret } from '../constructs/ejabberd-secret.ts';
import type { NetworkStack } from './network-stack.ts';
import { metricNamespaceOf, removalPolicyOf } from './policies.ts';
import { publish } from './publish.ts';

/**
 * The layer, the seven functions, the doctor, the secret and its rotation, and the table of idempotency keys.
 *
 * The security group and the endpoints are in this stack too, so that CloudFormation updates the functions before it removes
 * one of them.
 */
export class FunctionsStack extends Stack {
  readonly rostbeef: EjabberdFunctions;
  readonly doctor: EjabberdDoctor;
  readonly rotation: EjabberdRotation | undefined;

  constructor(scope: Construct, id: string, config: Configuration, network: NetworkStack, props: StackProps) {
    super(scope, id, props);
    const removalPolicy = removalPolicyOf(config);
    const secret = this.#secret(config);
    const placement = this.#placement(config, network);
    this.rostbeef = new EjabberdFunctions(this, 'Rostbeef', {
      vpc: network.vpc,
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
      publish(this, config, {
        output: name.replaceAll('_', ''),
        parameter: `functions/${name}`,
        value: alias.functionArn,
        description: `Invoke ${name} by this ARN.`,
      });
    }
    publish(this, config, {
      output: 'SecurityGroupId',
      parameter: 'security-group-id',
      value: placement.securityGroup.securityGroupId,
      description: 'Open ejabberd’s own security group or firewall for this group.',
    });
    publish(this, config, {
      output: 'DoctorArn',
      parameter: 'doctor-arn',
      value: this.doctor.function.alias.functionArn,
      description: 'Invoke it for a report on ejabberd.',
    });
    if (secret !== undefined) new CfnOutput(this, 'SecretArn', { value: secret.secret.secretArn });
  }

  #placement(config: Configuration, { vpc, subnets, vpcCidr }: NetworkStack): EjabberdNetwork {
    return new EjabberdNetwork(this, 'Network', {
      vpc,
      vpcCidr,
      subnets: { subnets: [...subnets] },
      ejabberdUrl: config.ejabberdUrl,
      ejabberdPeers: config.ejabberdPeers,
      openEjabberdPeers: config.openEjabberdPeers,
      secretsManagerEndpoint: config.secretsManagerEndpoint,
      secretsManagerPeers: config.secretsManagerPeers,
      dynamodb: dynamoDbAccess(config),
    });
  }

  /** Classic servers have no credentials. */
  #secret({ ejabberdDialect, secretArn, secretKeyArn, ejabberdAccount, ...config }: Configuration) {
    if (ejabberdDialect === 'rostbeef') return undefined;
    if (secretArn !== undefined) return new EjabberdSecret(this, 'Account', { secretArn, keyArn: secretKeyArn });
    if (ejabberdAccount === undefined) return undefined;
    return new EjabberdSecret(this, 'Account', { account: ejabberdAccount, removalPolicy: removalPolicyOf(config) });
  }
}

function dynamoDbAccess(config: Configuration): DynamoDbAccess | undefined {
  const { idempotency, dynamodbPrefixListId: prefixListId, dynamodbEndpoint: endpoint, routeTableIds } = config;
  return idempotency && prefixListId !== undefined ? { prefixListId, endpoint, routeTableIds } : undefined;
}
