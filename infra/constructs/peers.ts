import { isIPv4 } from 'node:net';
import { type IPeer, type IVpc, Peer } from 'aws-cdk-lib/aws-ec2';

/** A range of addresses (`10.0.0.10/32`), a security group (`sg-…`) or a prefix list (`pl-…`), as a security group takes it. */
export function peerOf(text: string): IPeer {
  if (text.startsWith('sg-')) return Peer.securityGroupId(text);
  if (text.startsWith('pl-')) return Peer.prefixList(text);
  return Peer.ipv4(text);
}

/**
 * Where to find a host, if nobody says: its own address, or for a name anywhere in the VPC.
 *
 * @param cidr the VPC's range, where the VPC itself does not know it
 */
export function defaultPeers(host: string, vpc: IVpc, cidr?: string): readonly string[] {
  return isIPv4(host) ? [`${host}/32`] : [cidr ?? vpc.vpcCidrBlock];
}
