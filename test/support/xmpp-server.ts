/** The interface of an XMPP server for the contract suite: the embedded one or a real ejabberd. */
import type { Element } from '@xmpp/xml';
import type { Traits } from './traits.ts';

/** One running server with two vhosts of its own, reached over XML-RPC on loopback. */
export interface XmppServer {
  /** The XML-RPC endpoint: the value for `EJABBERD_URL`. */
  readonly url: string;
  /** The vhost that users are registered on unless a call names another. */
  readonly host: string;
  /** A second vhost of the same server. */
  readonly otherHost: string;
  /** Whether its answers have the shapes of ejabberd 24.02 and later, or those before. */
  readonly release: 'before-24.02' | 'since-24.02';
  /** The differences of this server from the others. */
  readonly traits: Traits;
  /** An account that may run every command used here; what `EJABBERD_SECRET_ARN` should lead to. */
  readonly account: Account;
  /** An account with a right password and no permission. */
  readonly powerless: Account;
  register(user: string, host?: string): Promise<void>;
  unregister(user: string, host?: string): Promise<void>;
  changePassword(account: Account, password: string): Promise<void>;
  /** Runs a stock ejabberd command as an administrator, past the functions under test; resolves to the decoded answer. */
  command(name: string, args: Record<string, string | readonly string[]>): Promise<unknown>;
  /** Logs a registered user in. Without `presence` the session sends none. */
  connect(user: string, resource: string, presence?: Presence, host?: string): Promise<XmppClient>;
  stop(): Promise<void>;
}

export interface Account {
  readonly user: string;
  readonly server: string;
  readonly password: string;
}

export interface Presence {
  readonly show?: 'away' | 'chat' | 'dnd' | 'xa';
  readonly status?: string;
  readonly priority?: number;
}

/** One connected resource, and every stanza it got since it logged in. */
export interface XmppClient {
  /** The full JID. */
  readonly jid: string;
  readonly received: readonly Element[];
  /** Sends available presence. */
  available(presence?: Presence): Promise<void>;
  /** Sends unavailable presence; the session stays connected. */
  unavailable(): Promise<void>;
  /** Sends one stanza of the client's own, such as `<presence type="subscribe" to="…"/>`. */
  send(stanza: Element): Promise<void>;
  /** The first stanza, received already or yet to come, for which `matches` holds; rejects after `timeoutMs`. */
  waitFor(matches: (stanza: Element) => boolean, timeoutMs?: number): Promise<Element>;
  disconnect(): Promise<void>;
}
