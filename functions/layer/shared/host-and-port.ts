/**
 * The host and port of an HTTP URL: an IPv6 address without brackets, and the scheme's port if the URL names none.
 *
 * @example
 * hostAndPort(new URL('https://[::1]/xmlrpc')) // { host: '::1', port: 443 }
 */
export function hostAndPort({ hostname, port, protocol }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
