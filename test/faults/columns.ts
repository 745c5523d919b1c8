/** The columns of the matrix: what is called, and what must be true at the server after it. */
import type { Element } from '@xmpp/xml';
import type { XmppClient, XmppServer } from '../support/xmpp-server.ts';
import { CANARIES } from './canaries.ts';
import { COLUMNS, type ColumnName } from './fault.ts';

/** One column on one server, with users of its own. */
export interface Column {
  readonly name: ColumnName;
  readonly method: string;
  /** The requests that a fault is to hit; every one where it is not set. */
  readonly concerns?: (request: string) => boolean;
  /** Brings the server to where a call begins. */
  prepare(): Promise<void>;
  /** The input of the next call. */
  input(): unknown;
  /**
   * Describes the difference from the expected outcome. It is `undefined` if the outcome is as expected.
   *
   * @param outcome the error’s name, or `ok`
   * @param message the error’s message
   */
  contradiction(outcome: string, message: string): Promise<string | undefined>;
}

/** The user names of a column: the first one writes, reads or sends. */
interface Pair {
  readonly server: XmppServer;
  readonly one: string;
  readonly other: string;
}

/** Makes all of them, and their users. */
export async function openColumns(server: XmppServer): Promise<readonly Column[]> {
  return Promise.all(
    COLUMNS.map(async (name, index) => {
      const pair = { server, one: `one-${index}`, other: `other-${index}` };
      await server.register(pair.one);
      await server.register(pair.other);
      if (name === 'send_stanza') return stanzaColumn(pair);
      const [method = ''] = name.split(', ');
      return method.startsWith('get_') ? readingColumn(name, pair) : pairColumn(name, method, pair);
    }),
  );
}

function pairColumn(name: ColumnName, method: string, { server, one, other }: Pair): Column {
  const { host } = server;
  const [jid1, jid2] = [`${one}@${host}`, `${other}@${host}`];
  const isLink = method === 'link_contacts';
  const side = (owner: string, contact: string) => ({ localuser: owner, localhost: host, user: contact, host });
  const add = (owner: string, contact: string) => addition(server, side(owner, contact));
  const remove = (owner: string, contact: string) => server.command('delete_rosteritem', side(owner, contact));
  const has = async (owner: string, contact: string) =>
    JSON.stringify(await server.command('get_roster', { user: owner, host })).includes(`${contact}@`);
  const written = new RegExp(`<name>localuser</name><value><string>${one}<[^]*${isLink ? '<name>subs<' : ''}`);
  let hasWritten = false;
  const command = isLink ? 'add_rosteritem' : 'delete_rosteritem';
  return {
    name,
    method,
    ...(name.endsWith('one side') && { concerns: (request) => request.includes(command) && written.test(request) }),
    ...(name.endsWith('read back') && {
      concerns(request) {
        hasWritten ||= request.includes(command);
        return hasWritten && request.includes('get_roster<');
      },
    }),
    async prepare() {
      hasWritten = false;
      const bring = isLink ? remove : add;
      await bring(one, other);
      await bring(other, one);
    },
    input: () =>
      isLink ? { jid1, nick1: CANARIES.nick, jid2, nick2: CANARIES.nick, group1: CANARIES.group } : { jid1, jid2 },
    async contradiction(outcome, message) {
      const sides = /jid1 (\w+), jid2 (\w+)/.exec(message)?.slice(1) ?? [];
      const states =
        outcome === 'ok' ? ['written', 'written'] : outcome === 'PartialLinkError' ? sides : ['not', 'not'];
      const found = [await has(one, other), await has(other, one)];
      const isWrong = found.some(
        (isThere, index) => states[index] !== (isThere === isLink ? 'written' : 'not') && states[index] !== 'unknown',
      );
      return isWrong ? `${outcome} (${states}), but the rosters hold ${found}` : undefined;
    },
  };
}

async function addition(server: XmppServer, side: Readonly<Record<string, string>>): Promise<void> {
  const { host = '' } = side;
  const groups: Readonly<Record<string, string | readonly string[]>> =
    server.release === 'since-24.02' ? { groups: [] } : { group: '' };
  await server.command('add_rosteritem', { ...side, host, nick: CANARIES.nick, ...groups, subs: 'both' });
}

function readingColumn(name: ColumnName, { server, one, other }: Pair): Column {
  const { host } = server;
  let isPrepared = false;
  return {
    name,
    method: name,
    async prepare() {
      if (isPrepared) return;
      isPrepared = true;
      await addition(server, { localuser: one, localhost: host, user: other, host });
      await server.connect(one, 'desk', { status: CANARIES.body });
    },
    input: () => ({ user: one, server: host }),
    contradiction: async () => undefined,
  };
}

function stanzaColumn({ server, one, other }: Pair): Column {
  const { host } = server;
  const outcomes: string[] = [];
  let receiver: XmppClient | undefined;
  const hasId = (id: number) => (stanza: Element) => stanza.attrs['id'] === `s${id}`;
  return {
    name: 'send_stanza',
    method: 'send_stanza',
    async prepare() {
      receiver ??= await server.connect(other, 'desk', {});
    },
    input() {
      const stanza = `<message type="chat" id="s${outcomes.length}"><body>${CANARIES.stanza}</body></message>`;
      return { from: `${one}@${host}`, to: `${other}@${host}`, stanza };
    },
    async contradiction(outcome) {
      outcomes.push(outcome);
      // Stanzas that were sent before have then arrived too.
      if (outcome === 'ok') await receiver?.waitFor(hasId(outcomes.length - 1));
      const wrong = outcomes.flatMap((known, id) => {
        const arrived = receiver?.received.filter(hasId(id)).length ?? 0;
        const isRight = known === 'ok' ? arrived === 1 : arrived <= Number(known === 'OutcomeUnknownError');
        return isRight ? [] : [`${known}, but stanza ${id} arrived ${arrived} times`];
      });
      return wrong[0];
    },
  };
}
