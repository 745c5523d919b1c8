import { Fn, Stack } from 'aws-cdk-lib';
import {
  CfnSecurityGroupIngress,
  CfnVPCEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { hostAndPort } from 'rostbeef-layer';
import { defaultPeers, peerOf } from './peers.ts';
import type { Placement } from './rostbeef-function.ts';
import { onePerZone } from './subnets.ts';

/** How the functions reach DynamoDB. */
export interface DynamoDbAccess {
  /** DynamoDB's prefix list in the Region (`pl-…`): `com.amazonaws.<region>.dynamodb`. */
  readonly prefixListId: string;
  /** Whether to make a gateway endpoint. @default true */
  readonly endpoint?: boolean | undefined;
  /** The route tables for that. @default - those of the subnets, where the VPC knows them */
  readonly routeTableIds?: readonly string[] | undefined;
}

/** What an {@link EjabberdNetwork} needs. */
export interface EjabberdNetworkProps {
  /** Where the functions run. */
  readonly vpc: IVpc;
  /** `http(s)://host:port/path` of `ejabberd_xmlrpc`. */
  readonly ejabberdUrl: string;
  /**
   * The subnets, one for each Availability Zone.
   *
   * @default - one private subnet in each zone, or isolated ones if the VPC has no others
   */
  readonly subnets?: SubnetSelection | undefined;
  /** The VPC's range. @default - what the VPC itself knows */
  readonly vpcCidr?: string | undefined;
  /**
   * Where ejabberd is: ranges, security groups (`sg-…`) or prefix lists (`pl-…`).
   *
   * @default - the address in the URL, or for a host name the VPC's whole range
   */
  readonly ejabberdPeers?: readonly string[] | undefined;
  /**
   * Whether to let the functions into each security group in `ejabberdPeers`, on ejabberd's port.
   *
   * @default false
   */
  readonly openEjabberdPeers?: boolean | undefined;
  /** Whether to make an interface endpoint for Secrets Manager. @default true */
  readonly secretsManagerEndpoint?: boolean | undefined;
  /** Where Secrets Manager is, if no endpoint is made. @default - the VPC's whole range */
  readonly secretsManagerPeers?: readonly string[] | undefined;
  /** For an idempotency table. @default - DynamoDB is not reached */
  readonly dynamodb?: DynamoDbAccess | undefined;
}

/** The actions of the functions, the doctor and the rotation. Their roles say on which secrets. */
const SECRETS_MANAGER_ACTIONS: readonly string[] = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetRandomPassword',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];

/** A changed description would replace the group, so it does not depend on any setting. */
const GROUP_DESCRIPTION = 'The rostbeef functions: out to ejabberd and the AWS services that they need';

/**
 * The security group and the endpoints of the functions. They reach ejabberd's port and Secrets Manager, with an
 * idempotency table DynamoDB, and nothing else. No way leads to the Internet.
 *
 * Names are resolved all the same, because the VPC's resolver is not subject to security groups.
 *
 * @example
 * new EjabberdNetwork(this, 'Network', { vpc, ejabberdUrl: 'https://10.0.0.10:5443/xmlrpc' })
 */
export class EjabberdNetwork extends Construct implements Placement {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroup: SecurityGroup;
  readonly secretsManagerUrl: string | undefined;

  constructor(scope: Construct, id: string, props: EjabberdNetworkProps) {
    super(scope, id);
    const { vpc, vpcCidr } = props;
    this.vpc = vpc;
    this.subnets = props.subnets ?? { subnets: [...onePerZone(vpc)] };
    this.securityGroup = new SecurityGroup(this, 'Functions', {
      vpc,
      description: GROUP_DESCRIPTION,
      allowAllOutbound: false,
    });
    const { host, port } = hostAndPort(new URL(props.ejabberdUrl));
    for (const peer of props.ejabberdPeers ?? defaultPeers(host, vpc, vpcCidr)) {
      this.securityGroup.addEgressRule(peerOf(peer), Port.tcp(port), 'ejabberd_xmlrpc');
      if (props.openEjabberdPeers && peer.startsWith('sg-')) this.#enter(peer, port);
    }
    if (props.secretsManagerEndpoint ?? true) this.secretsManagerUrl = this.#makeEndpoint();
    else {
      for (const peer of props.secretsManagerPeers ?? [vpcCidr ?? vpc.vpcCidrBlock]) {
        this.securityGroup.addEgressRule(peerOf(peer), Port.HTTPS, 'Secrets Manager');
      }
    }
    if (props.dynamodb !== undefined) this.#reachDynamoDb(props.dynamodb);
  }

  /** Opens a security group of others for the functions. */
  #enter(groupId: string, port: number): void {
    new CfnSecurityGroupIngress(this, `Into${groupId}`, {
      groupId,
      sourceSecurityGroupId: this.securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      description: 'The rostbeef functions',
    });
  }

  /** The gateway has no policy of its own, because all traffic of these routes to DynamoDB goes through it. */
  #reachDynamoDb({ prefixListId, endpoint = true, routeTableIds }: DynamoDbAccess): void {
    this.securityGroup.addEgressRule(Peer.prefixList(prefixListId), Port.HTTPS, 'DynamoDB');
    if (!endpoint) return;
    const { subnets } = this.vpc.selectSubnets(this.subnets);
    new CfnVPCEndpoint(this, 'DynamoDb', {
      vpcId: this.vpc.vpcId,
      serviceName: `com.amazonaws.${Stack.of(this).region}.dynamodb`,
      vpcEndpointType: 'Gateway',
      routeTableIds: [...(routeTableIds ?? new Set(subnets.map(({ routeTable }) => routeTable.routeTableId)))],
    });
  }

  /**
   * The endpoint has no private name, because that would lead everything else in the VPC to it, which it does not let in.
   * The functions are told its own name.
   */
  #makeEndpoint(): string {
    const securityGroup = new SecurityGroup(this, 'SecretsManagerEndpoint', {
      vpc: this.vpc,
      description: 'The endpoint for Secrets Manager: in from the rostbeef functions only',
      allowAllOutbound: false,
    });
    const endpoint = new InterfaceVpcEndpoint(this, 'SecretsManager', {
      vpc: this.vpc,
      service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
      subnets: this.subnets,
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: false,
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new StarPrincipal()],
        actions: [...SECRETS_MANAGER_ACTIONS],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(this).account } },
      }),
    );
    securityGroup.addIngressRule(this.securityGroup, Port.HTTPS, 'The rostbeef functions');
    this.securityGroup.addEgressRule(securityGroup, Port.HTTPS, 'Secrets Manager');
    // Each entry is <hosted zone>:<name>; the first name stands for all zones.
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }
}
