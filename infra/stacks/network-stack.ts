import { Annotations, CrossStackReferences, Fn, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  IpAddresses,
  type ISubnet,
  type IVpc,
  Subnet,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { onePerZone } from '../constructs/subnets.ts';
import { removalPolicyOf } from './policies.ts';
import { publish } from './publish.ts';

const NEW_VPC_RANGE = '10.0.0.0/16';
const ZONES = 2;

/**
 * A new VPC or an existing one.
 *
 * Security groups and endpoints are in the stacks that use them, because a setting may replace or remove them. Within a
 * stack, CloudFormation first updates the resources that use them.
 */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** The subnets of the functions and the endpoints, one for each Availability Zone. */
  readonly subnets: readonly ISubnet[];
  /** The IPv4 range of the VPC. `undefined` if it is not known. */
  readonly vpcCidr: string | undefined;

  constructor(scope: Construct, id: string, config: Configuration, props: StackProps) {
    super(scope, id, props);
    const { subnetIds, vpcId } = config;
    this.vpcCidr = config.vpcCidr ?? (vpcId === undefined ? NEW_VPC_RANGE : undefined);
    this.vpc = vpcId === undefined ? this.#newVpc(config) : this.#existingVpc(vpcId, config);
    this.subnets = subnetIds?.map((subnet) => this.#subnet(subnet)) ?? onePerZone(this.vpc);
    for (const [index, warning] of config.warnings.entries()) {
      Annotations.of(this).addWarningV2(`rostbeef:configuration${index}`, warning);
    }
    publish(this, config, {
      output: 'VpcId',
      parameter: 'vpc-id',
      value: this.vpc.vpcId,
      description: 'The VPC of the functions. It contains ejabberd, or has a route to it.',
    });
    publish(this, config, {
      output: 'SubnetIds',
      parameter: 'subnet-ids',
      value: this.subnets.map(({ subnetId }) => subnetId).join(','),
      description: 'The subnets of the functions. Their route tables need a route to ejabberd.',
    });
  }

  /** Makes a look-up of the zones’ names unnecessary, which would require AWS credentials. */
  override get availabilityZones(): string[] {
    return Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  }

  /** Has isolated subnets, without a route to the Internet or from it. */
  #newVpc(config: Configuration): IVpc {
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(config.vpcCidr ?? NEW_VPC_RANGE),
      maxAzs: ZONES,
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
    keepWhileUsed(vpc);
    publish(this, config, {
      output: 'RouteTableIds',
      parameter: 'route-table-ids',
      value: vpc.isolatedSubnets.map(({ routeTable }) => routeTable.routeTableId).join(','),
      description: 'Add a route to ejabberd’s network to these route tables.',
    });
    return vpc;
  }

  /** Is looked up only if `subnetIds` are not given. */
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
    Annotations.of(subnet).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'No route is changed.');
    return subnet;
  }
}

/**
 * Makes the references to the VPC strong, so that CloudFormation refuses to remove the VPC while functions are in it. All
 * other references between the stacks are weak.
 *
 * CloudFormation does not know the value of a weak reference before it deploys, so every change of an endpoint would replace
 * it (aws-cdk issue 38829).
 */
function keepWhileUsed(vpc: Vpc): void {
  for (const child of [vpc, ...vpc.isolatedSubnets]) CrossStackReferences.of(child).produce(ReferenceStrength.STRONG);
}
