import { isIPv4 } from 'node:net';

/**
 * The length of the prefix of an IPv4 range.
 *
 * @param text such as `10.0.0.0/16`
 * @returns 0 to 32, or `undefined` for any other text
 */
export function prefixLength(text: string): number | undefined {
  const [address = '', bits = ''] = text.split('/', 2);
  const isRange = isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && text === `${address}/${bits}`;
  return isRange ? Number(bits) : undefined;
}
