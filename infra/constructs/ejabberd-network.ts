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
  /** The id (`pl-…`) of the prefix list `com.amazonaws.<region>.dynamodb`. */
  readonly prefixListId: string;
  /** Whether to create a gateway endpoint. @default true */
  readonly endpoint?: boolean | undefined;
  /** The route tables of the gateway endpoint. @default - those of the subnets, which the VPC must know */
  readonly routeTableIds?: readonly string[] | undefined;
}

/** Properties of an {@link EjabberdNetwork}. */
export interface EjabberdNetworkProps {
  /** The VPC of the functions. */
  readonly vpc: IVpc;
  /** `http(s)://host:port/path` of `ejabberd_xmlrpc`. */
  readonly ejabberdUrl: string;
  /**
   * The subnets, one for each Availability Zone.
   *
   * @default - one private subnet in each zone, or isolated ones if the VPC has no others
   */
  readonly subnets?: SubnetSelection | undefined;
  /** The VPC’s IPv4 range, such as `10.0.0.0/16`. @default - `vpc.vpcCidrBlock` */
  readonly vpcCidr?: string | undefined;
  /**
   * The peers that contain ejabberd: IPv4 ranges, security groups (`sg-…`) or prefix lists (`pl-…`).
   *
   * @default - the address in the URL; for a host name, the VPC’s whole range
   */
  readonly ejabberdPeers?: readonly string[] | undefined;
  /**
   * Whether to allow the functions into each security group in `ejabberdPeers`, on ejabberd’s port.
   *
   * @default false
   */
  readonly openEjabberdPeers?: boolean | undefined;
  /** Whether to create an interface endpoint for Secrets Manager. @default true */
  readonly secretsManagerEndpoint?: boolean | undefined;
  /** The peers that contain Secrets Manager, if no endpoint is created. @default - the VPC’s whole range */
  readonly secretsManagerPeers?: readonly string[] | undefined;
  /** Access to the idempotency table. @default - DynamoDB can’t be reached */
  readonly dynamodb?: DynamoDbAccess | undefined;
}

/** The calls of the functions, the doctor and the rotation. Their roles name the secrets. */
const SECRETS_MANAGER_ACTIONS: readonly string[] = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetRandomPassword',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];

/** Does not depend on any setting, because a changed description replaces the group. */
const GROUP_DESCRIPTION = 'The rostbeef functions: out to ejabberd and the AWS services that they need';

/**
 * The security group and the VPC endpoints of the functions. The functions reach ejabberd’s port and Secrets Manager, and
 * DynamoDB if there is an idempotency table. They reach nothing else, and not the Internet.
 *
 * Names can be resolved, because security groups do not apply to the VPC’s resolver.
 *
 * @example
 * new EjabberdNetwork(this, 'Network', { vpc, ejabberdUrl: 'https://10.0.0.10:5443/xmlrpc' })
 */
export class EjabberdNetwork extends Construct implements Placement {
  /** The VPC of the functions. */
  readonly vpc: IVpc;
  /** The subnets of the functions and the endpoints. */
  readonly subnets: SubnetSelection;
  /** The group of the functions. Its rules allow traffic out only. */
  readonly securityGroup: SecurityGroup;
  /** The URL of the endpoint for Secrets Manager. `undefined` if none is created. */
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
      if (props.openEjabberdPeers && peer.startsWith('sg-')) this.#allowInto(peer, port);
    }
    if (props.secretsManagerEndpoint ?? true) this.secretsManagerUrl = this.#makeEndpoint();
    else {
      for (const peer of props.secretsManagerPeers ?? [vpcCidr ?? vpc.vpcCidrBlock]) {
        this.securityGroup.addEgressRule(peerOf(peer), Port.HTTPS, 'Secrets Manager');
      }
    }
    if (props.dynamodb !== undefined) this.#reachDynamoDb(props.dynamodb);
  }

  #allowInto(groupId: string, port: number): void {
    new CfnSecurityGroupIngress(this, `Into${groupId}`, {
      groupId,
      sourceSecurityGroupId: this.securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      description: 'The rostbeef functions',
    });
  }

  /** The gateway endpoint has no policy, because all DynamoDB traffic of its route tables goes through it. */
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
   * The endpoint has no private DNS name, because that would send the traffic of all clients in the VPC to it, and it accepts
   * the functions only. The functions get the endpoint’s own URL.
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
    // An entry is <hosted zone>:<name>. The first name covers all Availability Zones.
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }
}
