/** A real XMPP client on a plain loopback connection, which keeps every stanza that it gets. */
import { client, xml } from '@xmpp/client';
import type { Element } from '@xmpp/xml';
import { Inbox } from '../inbox.ts';
import type { Presence, XmppClient } from '../xmpp-server.ts';

/** Who logs in where. */
export interface Login {
  readonly port: number;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly resource: string;
  readonly presence?: Presence | undefined;
}

/** Logs in; with `presence`, the server has it when this resolves. */
export async function connectClient({ port, host, user, password, resource, presence }: Login): Promise<XmppClient> {
  const xmpp = client({ service: `xmpp://127.0.0.1:${port}`, domain: host, username: user, password, resource });
  xmpp.reconnect.stop();
  const inbox = new Inbox();
  // A lost connection shows in what a test waits for.
  xmpp.on('error', () => undefined);
  xmpp.on('stanza', (stanza: Element) => inbox.add(stanza));
  // @xmpp/client answers an iq that nothing handles with an error; a push is answered with a result (RFC 6121 section 2.1.6).
  xmpp.iqCallee.set('jabber:iq:roster', 'query', () => true);
  await xmpp.start();
  const jid = `${user}@${host}/${resource}`;
  let pings = 0;

  /** A stanza is handled in order, so the answer to a ping tells that what went before it was. */
  const handled = async () => {
    pings += 1;
    const id = `handled-${pings}`;
    await xmpp.send(xml('iq', { type: 'get', id, to: host }, xml('ping', { xmlns: 'urn:xmpp:ping' })));
    await inbox.waitFor((stanza) => stanza.attrs['id'] === id);
  };

  const connected: XmppClient = {
    jid,
    received: inbox.received,
    async available({ show, status, priority } = {}) {
      const children = [
        show === undefined ? [] : [xml('show', {}, show)],
        status === undefined ? [] : [xml('status', {}, status)],
        priority === undefined ? [] : [xml('priority', {}, String(priority))],
      ].flat();
      await xmpp.send(xml('presence', {}, ...children));
      await handled();
    },
    async unavailable() {
      await xmpp.send(xml('presence', { type: 'unavailable' }));
      await handled();
    },
    async send(stanza) {
      await xmpp.send(stanza);
      await handled();
    },
    waitFor: (matches, timeoutMs) => inbox.waitFor(matches, timeoutMs),
    async disconnect() {
      await xmpp.stop();
    },
  };
  if (presence !== undefined) await connected.available(presence);
  return connected;
}
