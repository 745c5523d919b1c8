/** Writes the lines of `ejabberd.yml` that fix a failed check. */

import type { Credentials } from 'rostbeef-layer';
import { hostAndPort } from 'rostbeef-layer';
import { yamlOf } from './yaml.ts';

/** The subject of a rule: the account. If no secret is configured, it is the address of the caller. */
export type Who = { readonly user: string } | { readonly ip: string };

/** Returns the subject of a rule for the functions. */
export function whoOf(account: Pick<Credentials, 'user' | 'server'> | undefined, localAddress: string): Who {
  return account === undefined ? { ip: localAddress } : { user: `${account.user}@${account.server}` };
}

/** Writes the listener of `EJABBERD_URL`. */
export function listenerYaml(url: URL): string {
  return yamlOf({
    listen: [
      {
        port: hostAndPort(url).port,
        module: 'ejabberd_http',
        ...(url.protocol === 'https:' && { tls: true }),
        backlog: 1024,
        request_handlers: { [url.pathname]: 'ejabberd_xmlrpc' },
      },
    ],
  });
}

/** Writes the TLS options of the listener. */
export function tlsYaml(url: URL): string {
  return yamlOf({
    certfiles: ['/etc/ejabberd/certs/*.pem'],
    listen: [{ port: hostAndPort(url).port, module: 'ejabberd_http', tls: true }],
  });
}

/** Writes the option `backlog`, which is large enough for the connections of all functions at once. */
export function backlogYaml(url: URL): string {
  return yamlOf({ listen: [{ port: hostAndPort(url).port, module: 'ejabberd_http', backlog: 1024 }] });
}

/** Writes the module that has most commands. */
export function adminExtraYaml(): string {
  return yamlOf({ modules: { mod_admin_extra: {} } });
}

/** Writes the permission for these commands. */
export function permissionYaml(who: Who, commands: readonly string[]): string {
  return yamlOf({ api_permissions: { 'rostbeef functions': { from: 'ejabberd_xmlrpc', who, what: commands } } });
}

/** Writes the access rule that release 26.07 and later need for commands that name a host. */
export function configureYaml(who: Who): string {
  return yamlOf({ access_rules: { configure: { allow: who } } });
}

/** Writes vhosts. */
export function hostsYaml(hosts: readonly string[]): string {
  return yamlOf({ hosts });
}
