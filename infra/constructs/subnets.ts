import { type ISubnet, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';

/**
 * One private subnet for each Availability Zone, because an interface endpoint takes one for each. These are subnets with a
 * way out, or isolated ones if the VPC has no others.
 *
 * @param vpc a VPC that may have several groups of private subnets
 */
export function onePerZone(vpc: IVpc): readonly ISubnet[] {
  const subnetType = vpc.privateSubnets.length > 0 ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
  return vpc.selectSubnets({ subnetType, onePerAz: true }).subnets;
}
