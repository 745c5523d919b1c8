/** Users for calls that must change nothing. */
import type { Jid } from '../../xmpp/jid.ts';

/** Returns a user that does not exist. */
export function missingUser(vhost: string): Jid {
  return { local: 'rostbeef-probe', domain: vhost, resource: '' };
}

/** Returns a user whose local part no server accepts. ejabberd checks the permission first, then refuses the local part. */
export function invalidUser(vhost: string): Jid {
  return { local: 'rostbeef@probe', domain: vhost, resource: '' };
}
