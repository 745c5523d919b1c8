/** JIDs, prepared approximately as ejabberd does. */

/** A user of a vhost. */
export interface User {
  readonly local: string;
  readonly host: string;
}

/** Prepares a local part or a domain. Returns `undefined` if ejabberd refuses it. */
export function prepared(part: string): string | undefined {
  const result = part.normalize('NFKC').toUpperCase().toLowerCase();
  return result === '' || /["&'/:<>@\s]/.test(result) || Buffer.byteLength(result) > 1023 ? undefined : result;
}

/** Returns `local@host`, or the host if there is no local part. */
export function bareJid({ local, host }: User): string {
  return local === '' ? host : `${local}@${host}`;
}

/** Splits and prepares a JID. Returns `undefined` if it is not valid. */
export function splitJid(jid: string): (User & { readonly resource: string }) | undefined {
  const [, local, domain = '', resource = ''] = /^(?:([^/@]*)@)?([^/]*)(?:\/(.*))?$/s.exec(jid) ?? [];
  const host = prepared(domain);
  const user = local === undefined ? '' : prepared(local);
  return host === undefined || user === undefined ? undefined : { local: user, host, resource };
}
