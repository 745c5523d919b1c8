import { Fn, Stack } from 'aws-cdk-lib';
import {
  CfnVPCEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { hostAndPort } from 'rostbeef-layer';
import { defaultPeers, peerOf } from './peers.ts';
import type { Placement } from './rostbeef-function.ts';

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
  /** The subnets. @default - the VPC's private subnets, isolated ones where there are no others */
  readonly subnets?: SubnetSelection | undefined;
  /** The VPC's range. @default - what the VPC itself knows */
  readonly vpcCidr?: string | undefined;
  /**
   * Where ejabberd is: ranges, security groups (`sg-…`) or prefix lists (`pl-…`).
   *
   * @default - the address in the URL, or for a host name the VPC's whole range
   */
  readonly ejabberdPeers?: readonly string[] | undefined;
  /** Whether to make an interface endpoint for Secrets Manager. @default true */
  readonly secretsManagerEndpoint?: boolean | undefined;
  /** Where Secrets Manager is, if no endpoint is made. @default - the VPC's whole range */
  readonly secretsManagerPeers?: readonly string[] | undefined;
  /** For an idempotency table. @default - DynamoDB is not reached */
  readonly dynamodb?: DynamoDbAccess | undefined;
}

/**
 * What the functions reach: ejabberd's port and Secrets Manager, with an idempotency table DynamoDB, and nothing else. There is no way out to the Internet.
 *
 * Names are resolved all the same: the VPC's resolver is not subject to security groups.
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
    this.subnets = props.subnets ?? {
      subnets: vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets,
    };
    this.securityGroup = new SecurityGroup(this, 'Functions', {
      vpc,
      description: `The rostbeef functions: out to ejabberd${props.dynamodb ? ', DynamoDB' : ''} and Secrets Manager alone`,
      allowAllOutbound: false,
    });
    const { host, port } = hostAndPort(new URL(props.ejabberdUrl));
    for (const peer of props.ejabberdPeers ?? defaultPeers(host, vpc, vpcCidr)) {
      this.securityGroup.addEgressRule(peerOf(peer), Port.tcp(port), 'ejabberd_xmlrpc');
    }
    if (props.secretsManagerEndpoint ?? true) this.secretsManagerUrl = this.#makeEndpoint();
    else {
      for (const peer of props.secretsManagerPeers ?? [vpcCidr ?? vpc.vpcCidrBlock]) {
        this.securityGroup.addEgressRule(peerOf(peer), Port.HTTPS, 'Secrets Manager');
      }
    }
    if (props.dynamodb !== undefined) this.#reachDynamoDb(props.dynamodb);
  }

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
   * Without a private name: that would lead everybody else in the VPC to this endpoint as well, who may not pass it. The
   * functions are told its own name.
   */
  #makeEndpoint(): string {
    const securityGroup = new SecurityGroup(this, 'SecretsManagerEndpoint', {
      vpc: this.vpc,
      description: 'The endpoint for Secrets Manager: in from the rostbeef functions alone',
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
    securityGroup.addIngressRule(this.securityGroup, Port.HTTPS, 'The rostbeef functions');
    this.securityGroup.addEgressRule(securityGroup, Port.HTTPS, 'Secrets Manager');
    // Each entry is <hosted zone>:<name>; the first name stands for all zones.
    return `https://${Fn.select(1, Fn.split(':', Fn.select(0, endpoint.vpcEndpointDnsEntries)))}`;
  }
}
