import { type ISubnet, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';

/**
 * Selects one private subnet in each Availability Zone, because an interface endpoint accepts only one. Isolated subnets are
 * used if the VPC has no private subnets with egress.
 *
 * @param vpc a VPC that may have several groups of private subnets
 */
export function onePerZone(vpc: IVpc): readonly ISubnet[] {
  const subnetType = vpc.privateSubnets.length > 0 ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
  return vpc.selectSubnets({ subnetType, onePerAz: true }).subnets;
}
