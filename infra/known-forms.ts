/** The forms of the calls that the functions make, for the bundle: what would else be written at every cold start. */
import * as classic from '../functions/layer/ejabberd/classic-commands.ts';
import * as stock from '../functions/layer/ejabberd/commands.ts';
import { type Declared, type Encodable, readCall } from '../functions/layer/xmlrpc/encode.ts';
import { writeForm } from '../functions/layer/xmlrpc/forms.ts';

const jid = { local: 'l', domain: 'd', resource: '' };
const side = { owner: jid, contact: jid, nick: 'n', group: '' };
const entryOf = (...groups: readonly string[]) => ({ ...side, groups });

/** Each command once for each form that its arguments can have. */
const STOCK: readonly stock.Command<unknown>[] = [
  stock.addRosterItem(entryOf(), 'group'),
  stock.addRosterItem(entryOf(), 'groups'),
  stock.addRosterItem(entryOf('g'), 'groups'),
  stock.addRosterItem(entryOf('g', 'h'), 'groups'),
  stock.allSessions(),
  stock.checkAccount(jid),
  stock.connectedUsers('d'),
  stock.deleteRosterItem(side),
  stock.getRoster(jid),
  stock.probeGroupsArgument(side),
  stock.registeredVhosts(),
  stock.sendStanza(jid, jid, 's'),
  stock.sessionCount(),
  stock.userResources(jid),
  stock.userSessions(jid),
];
const CLASSIC: readonly stock.Command<unknown>[] = [
  classic.getPresence(jid),
  classic.getResources(jid),
  classic.getRoster(jid),
  classic.getRosterWithPresence(jid),
  classic.linkContacts(side, side, 'grouped'),
  classic.linkContacts(side, side, 'plain'),
  classic.probeLink(),
  classic.sendStanza(jid, jid, 's'),
  classic.unlinkContacts(jid, jid),
];
const CREDENTIALS = { user: 'u', server: 's', password: 'p' };

/** The forms by their keys. */
export function knownForms(): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ...STOCK.flatMap(({ name, args }) => [entry(name, [CREDENTIALS, args]), entry(name, [args])]),
    ...CLASSIC.map(({ name, args }) => entry(name, [args], 'ISO-8859-1')),
  ]);
}

function entry(method: string, params: readonly Encodable[], declared?: Declared): readonly [string, string] {
  return [readCall(method, params, declared).form, writeForm(method, params, declared)];
}
