/** The lines of `ejabberd.yml` that mend what a check finds. Each set is complete by itself. */

import type { Credentials } from 'rostbeef-layer';
import { hostAndPort } from 'rostbeef-layer';
import { yamlOf } from './yaml.ts';

/** Whom a rule is for: the account, or where no secret is configured, the address that calls come from. */
export type Who = { readonly user: string } | { readonly ip: string };

/** Who runs the commands, as a rule names them. */
export function whoOf(account: Pick<Credentials, 'user' | 'server'> | undefined, localAddress: string): Who {
  return account === undefined ? { ip: localAddress } : { user: `${account.user}@${account.server}` };
}

/** The listener that `EJABBERD_URL` should lead to. */
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

/** TLS for the listener. */
export function tlsYaml(url: URL): string {
  return yamlOf({
    certfiles: ['/etc/ejabberd/certs/*.pem'],
    listen: [{ port: hostAndPort(url).port, module: 'ejabberd_http', tls: true }],
  });
}

/** A queue that takes every function's connections at once. */
export function backlogYaml(url: URL): string {
  return yamlOf({ listen: [{ port: hostAndPort(url).port, module: 'ejabberd_http', backlog: 1024 }] });
}

/** The module that has most commands. */
export function adminExtraYaml(): string {
  return yamlOf({ modules: { mod_admin_extra: {} } });
}

/** The permission for these commands. */
export function permissionYaml(who: Who, commands: readonly string[]): string {
  return yamlOf({ api_permissions: { 'rostbeef functions': { from: 'ejabberd_xmlrpc', who, what: commands } } });
}

/** What commands that name a host take as well, from release 26.07 on. */
export function configureYaml(who: Who): string {
  return yamlOf({ access_rules: { configure: { allow: who } } });
}

/** Vhosts that are missing. */
export function hostsYaml(hosts: readonly string[]): string {
  return yamlOf({ hosts });
}
