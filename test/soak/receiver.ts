/** A real XMPP client that comes back after each end of its server, and what it got in all its sessions. */
import type { Element } from '@xmpp/xml';
import type { RealEjabberd } from '../support/ejabberd/real-ejabberd.ts';
import type { XmppClient } from '../support/xmpp-server.ts';

/** One user, online whenever the server is. */
export class Receiver {
  readonly user: string;
  readonly jid: string;
  readonly #server: RealEjabberd;
  readonly #sessions: XmppClient[] = [];

  constructor(server: RealEjabberd, user: string) {
    this.#server = server;
    this.user = user;
    this.jid = `${user}@${server.host}`;
  }

  async connect(): Promise<void> {
    this.#sessions.push(await this.#server.connect(this.user, 'phone', {}));
  }

  /** Every message that it got, by its id. */
  messages(): ReadonlyMap<string, readonly Element[]> {
    const stanzas = this.#sessions.flatMap(({ received }) => received).filter((stanza) => stanza.is('message'));
    return Map.groupBy(stanzas, (stanza) => String(stanza.attrs['id']));
  }

  /** Resolves once it has everything that was sent to it before. */
  async settle(): Promise<void> {
    const id = `last for ${this.user}`;
    const stanza = `<message type="chat" id="${id}"><body>last</body></message>`;
    await this.#server.command('send_stanza', { from: `harness@${this.#server.host}`, to: this.jid, stanza });
    await this.#sessions.at(-1)?.waitFor((received) => received.attrs['id'] === id);
  }

  async disconnect(): Promise<void> {
    await this.#sessions.at(-1)?.disconnect();
  }
}
