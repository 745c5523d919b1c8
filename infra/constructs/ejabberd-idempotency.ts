import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** What an {@link EjabberdIdempotency} may be told. */
export interface EjabberdIdempotencyProps {
  /** Whether the table outlives the stack, and is protected from being deleted. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy | undefined;
}

/** What `send_stanza` does with it. */
const ACTIONS: readonly string[] = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/**
 * The table that keeps the keys of `send_stanza`, so that a call that comes again is not sent again.
 *
 * It holds only hashes and times, under DynamoDB's own key. A key that is lost lets a stanza be sent twice: the table can
 * be restored to any second of the last 35 days.
 *
 * @example
 * const idempotency = new EjabberdIdempotency(this, 'Idempotency');
 * new EjabberdFunctions(this, 'Rostbeef', { vpc, placement, ejabberd, idempotency });
 */
export class EjabberdIdempotency extends Construct {
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

  /** Lets a role keep keys. */
  grantKeep(role: IRole): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [...ACTIONS], resources: [this.table.tableArn] }));
  }
}
