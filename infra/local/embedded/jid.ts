/** JIDs roughly as ejabberd prepares them: enough for a stand-in. */

/** A user of a vhost. */
export interface User {
  readonly local: string;
  readonly host: string;
}

/** Prepares a local part or domain; `undefined` for one that ejabberd refuses. */
export function prepared(part: string): string | undefined {
  const result = part.normalize('NFKC').toUpperCase().toLowerCase();
  return result === '' || /["&'/:<>@\s]/.test(result) || Buffer.byteLength(result) > 1023 ? undefined : result;
}

/** `local@host`, or the host where there is no local part. */
export function bareJid({ local, host }: User): string {
  return local === '' ? host : `${local}@${host}`;
}

/** A JID in its parts, prepared; `undefined` for none. */
export function splitJid(jid: string): (User & { readonly resource: string }) | undefined {
  const [, local, domain = '', resource = ''] = /^(?:([^/@]*)@)?([^/]*)(?:\/(.*))?$/s.exec(jid) ?? [];
  const host = prepared(domain);
  const user = local === undefined ? '' : prepared(local);
  return host === undefined || user === undefined ? undefined : { local: user, host, resource };
}
