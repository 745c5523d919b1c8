import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Properties of an {@link EjabberdIdempotency}. */
export interface EjabberdIdempotencyProps {
  /** The removal policy of the table. RETAIN also protects it from deletion. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** The calls that `send_stanza` makes. */
const ACTIONS: readonly string[] = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/**
 * The table of the idempotency keys of `send_stanza`. A repeated call does not send its stanza again.
 *
 * The table holds only hashes and times, and is encrypted with DynamoDB’s own key. A lost key lets a stanza be sent twice, so
 * the table can be restored to any second of the last 35 days.
 *
 * @example
 * const idempotency = new EjabberdIdempotency(this, 'Idempotency');
 * new EjabberdFunctions(this, 'Rostbeef', { vpc, placement, ejabberd, idempotency });
 */
export class EjabberdIdempotency extends Construct {
  /** The DynamoDB table. */
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy = RemovalPolicy.RETAIN }: EjabberdIdempotencyProps = {}) {
    super(scope, id);
    this.table = new Table(this, 'Keys', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.DEFAULT,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
  }

  /**
   * Allows a role to read and write keys.
   *
   * @param role the role of a function
   */
  grantKeep(role: IRole): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...ACTIONS], resources: [this.table.tableArn] }));
  }
}
