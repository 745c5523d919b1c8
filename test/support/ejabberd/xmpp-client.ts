/** A real XMPP client on a plain loopback connection, which keeps every stanza that it gets. */
import { client, type Options, xml } from '@xmpp/client';
import type { Element } from '@xmpp/xml';
import { Inbox } from '../inbox.ts';
import type { Presence, XmppClient } from '../xmpp-server.ts';

/** The account and server of a login. Without `account` the session is anonymous (SASL ANONYMOUS). */
export interface Login {
  readonly port: number;
  readonly host: string;
  readonly account?: { readonly user: string; readonly password: string };
  readonly resource: string;
  readonly presence?: Presence | undefined;
}

/** Enough for a machine that does other things as well: @xmpp/client gives a server two seconds for each step. */
const PATIENCE_MS = 20_000;

const PING_ID = 'handled-';

/** Logs in, and stays out once it is disconnected. What it sends, the server has handled when the promise resolves. */
export async function connectClient({ port, host, account, resource, presence }: Login): Promise<XmppClient> {
  const service = `xmpp://127.0.0.1:${port}`;
  const xmpp = client({
    service,
    domain: host,
    ...(account && credentialsOf(account)),
    resource,
    timeout: PATIENCE_MS,
  });
  xmpp.reconnect.stop();
  // A lost connection shows in what a test waits for.
  xmpp.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => xmpp.once('disconnect', () => resolve()));
  const inbox = new Inbox();
  xmpp.on('stanza', (stanza: Element) => {
    if (!isOwnBusiness(stanza)) inbox.add(stanza);
  });
  // @xmpp/client answers an iq that nothing handles with an error; a push is answered with a result (RFC 6121 section 2.1.6).
  xmpp.iqCallee.set('jabber:iq:roster', 'query', () => true);
  const jid = await xmpp.start().catch(async (error) => {
    await xmpp.stop();
    throw error;
  });

  let pings = 0;
  /** Stanzas are handled in their order (RFC 6120 section 10.1), so the answer to a ping tells that this one was. */
  const send = async (stanza: Element) => {
    await xmpp.send(stanza);
    pings += 1;
    await xmpp.iqCaller.request(
      xml('iq', { type: 'get', to: host, id: `${PING_ID}${pings}` }, xml('ping', { xmlns: 'urn:xmpp:ping' })),
    );
  };
  const available = (shown: Presence = {}) =>
    send(xml('presence', {}, ...Object.entries(shown).map(([name, value]) => xml(name, {}, String(value)))));

  if (presence !== undefined) await available(presence);
  return {
    jid: jid.toString(),
    received: inbox.received,
    available,
    unavailable: () => send(xml('presence', { type: 'unavailable' })),
    send,
    waitFor: (matches, timeoutMs) => inbox.waitFor(matches, timeoutMs),
    async disconnect() {
      // Not stop(): while it waits, a stream error from the server would make @xmpp/client 0.14 close a second time, and break.
      if (xmpp.status === 'online') await xmpp.write('</stream:stream>').catch(() => undefined);
      await closed;
    },
  };
}

/** @xmpp/client 0.14 writes Latin-1 only, so other names go as the bytes of their UTF-8, by a mechanism that takes them so. */
function credentialsOf({ user, password }: { readonly user: string; readonly password: string }) {
  if (/^[\x00-\x7f]*$/.test(user)) return { username: user, password };
  const bytesOf = (text: string) => Buffer.from(text).toString('latin1');
  const credentials = { username: bytesOf(user), password: bytesOf(password) };
  const factory: Options['credentials'] = (authenticate) => authenticate(credentials, 'PLAIN', xml('user-agent'));
  return { credentials: factory };
}

/** The answers to what the client asks by itself: for its resource, and whether a stanza was handled. */
function isOwnBusiness(stanza: Element): boolean {
  return (
    stanza.getChild('bind', 'urn:ietf:params:xml:ns:xmpp-bind') !== undefined ||
    (stanza.is('iq') && String(stanza.attrs['id']).startsWith(PING_ID))
  );
}
