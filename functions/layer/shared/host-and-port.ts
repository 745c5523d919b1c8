/**
 * Returns the host and port of an HTTP URL. An IPv6 address has no brackets. The default port is 443 or 80.
 *
 * @example
 * hostAndPort(new URL('https://[::1]/xmlrpc')) // { host: '::1', port: 443 }
 */
export function hostAndPort({ hostname, port, protocol }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
