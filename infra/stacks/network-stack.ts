import { Annotations, Fn, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  type IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { type DynamoDbAccess, EjabberdNetwork } from '../constructs/ejabberd-network.ts';
import { removalPolicyOf } from './policies.ts';

const NEW_VPC_RANGE = '10.0.0.0/16';

/** Where the functions are, and what they reach: a VPC, security groups and endpoints. */
export class NetworkStack extends Stack {
  readonly network: EjabberdNetwork;
  /** The endpoint that a private API is reached through. */
  readonly apiEndpoint: IInterfaceVpcEndpoint | undefined;

  constructor(scope: Construct, id: string, config: Configuration, props: StackProps) {
    super(scope, id, props);
    const { subnetIds, vpcId } = config;
    const vpcCidr = config.vpcCidr ?? (vpcId === undefined ? NEW_VPC_RANGE : undefined);
    const vpc = vpcId === undefined ? this.#newVpc(config) : this.#existingVpc(vpcId, config);
    this.network = new EjabberdNetwork(this, 'Network', {
      vpc,
      subnets: subnetIds && { subnets: subnetIds.map((subnet) => this.#subnet(subnet)) },
      vpcCidr,
      ejabberdUrl: config.ejabberdUrl,
      ejabberdPeers: config.ejabberdPeers,
      secretsManagerEndpoint: config.secretsManagerEndpoint,
      secretsManagerPeers: config.secretsManagerPeers,
      dynamodb: dynamoDbAccess(config),
    });
    if (config.apiAccess === 'private') this.apiEndpoint = this.#apiEndpoint(vpc, { ...config, vpcCidr });
  }

  /** Isolated: there is no way to the Internet, and none from it. ejabberd is in it, or reached by a peering. */
  #newVpc(config: Configuration): IVpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(config.vpcCidr ?? NEW_VPC_RANGE),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'functions', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
      restrictDefaultSecurityGroup: false,
    });
    vpc.addFlowLog('Rejected', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', { retention: config.logRetentionDays, removalPolicy: removalPolicyOf(config) }),
      ),
    });
    return vpc;
  }

  /** By its attributes where the subnets are told: nothing has to be looked up then. */
  #existingVpc(vpcId: string, { subnetIds, vpcCidr }: Configuration): IVpc {
    if (subnetIds === undefined) return Vpc.fromLookup(this, 'Vpc', { vpcId });
    return Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      vpcCidrBlock: vpcCidr,
      availabilityZones: subnetIds.map((_, index) => Fn.select(index, Fn.getAzs())),
    });
  }

  #subnet(subnetId: string): ISubnet {
    const subnet = Subnet.fromSubnetId(this, subnetId, subnetId);
    Annotations.of(subnet).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'Nothing here changes routes.');
    return subnet;
  }

  /** Without a private name, which would lead every call of any API in the VPC to this endpoint. */
  #apiEndpoint(vpc: IVpc, { apiVpcEndpointId, vpcCidr }: Configuration): IInterfaceVpcEndpoint {
    if (apiVpcEndpointId !== undefined) {
      return InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Api', {
        vpcEndpointId: apiVpcEndpointId,
        port: 443,
      });
    }
    const securityGroup = new SecurityGroup(this, 'ApiCallers', {
      vpc,
      description: 'The endpoint of the private API: in from the VPC',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(Peer.ipv4(vpcCidr ?? vpc.vpcCidrBlock), Port.HTTPS, 'Callers in the VPC');
    const endpoint = new InterfaceVpcEndpoint(this, 'Api', {
      vpc,
      service: InterfaceVpcEndpointAwsService.APIGATEWAY,
      subnets: this.network.subnets,
      securityGroups: [securityGroup],
      open: false,
      privateDnsEnabled: false,
    });
    Tags.of(endpoint).add('Name', 'rostbeef-api');
    return endpoint;
  }
}

function dynamoDbAccess(config: Configuration): DynamoDbAccess | undefined {
  const { idempotency, dynamodbPrefixListId: prefixListId, dynamodbEndpoint: endpoint, routeTableIds } = config;
  return idempotency && prefixListId !== undefined ? { prefixListId, endpoint, routeTableIds } : undefined;
}
