import { isIPv4 } from 'node:net';
import { type IPeer, type IVpc, Peer } from 'aws-cdk-lib/aws-ec2';

/**
 * Parses a peer of a security group’s rule.
 *
 * @param text an IPv4 range (`10.0.0.10/32`), a security group (`sg-…`) or a prefix list (`pl-…`)
 */
export function peerOf(text: string): IPeer {
  if (text.startsWith('sg-')) return Peer.securityGroupId(text);
  if (text.startsWith('pl-')) return Peer.prefixList(text);
  return Peer.ipv4(text);
}

/**
 * Returns the peers to allow for a host, if none are configured.
 *
 * @param host an IPv4 address, or a name, which may be anywhere in the VPC
 * @param vpc the VPC of the functions
 * @param cidr the VPC’s range; `vpc.vpcCidrBlock` by default
 */
export function defaultPeers(host: string, vpc: IVpc, cidr?: string): readonly string[] {
  return isIPv4(host) ? [`${host}/32`] : [cidr ?? vpc.vpcCidrBlock];
}
