/** Links and unlinks on the classic servers by one call, whose code can stand for more than one outcome. */
import {
  errorOfCode,
  InvalidInputError,
  ItemNotFoundError,
  MalformedResponseError,
  PartialLinkError,
  RostbeefError,
  type SideState,
} from '../../errors/index.ts';
import { TransportError } from '../../http/index.ts';
import type { Jid } from '../../xmpp/jid.ts';
import type { Side, Unlinked } from '../dialect.ts';
import type { Run } from '../run-command.ts';
import {
  ANY_FAILURE,
  type Entry,
  getEntry,
  type LinkForm,
  linkContacts,
  probeLink,
  unlinkContacts,
} from './commands.ts';

/** The code of mod_xmlrpc for a pair with a linked side, and for an unexplained failure. */
const ALREADY_LINKED = 1;
/** The code of mod_xmlrpc for unknown or missing members, and for a crash. */
const WRONG_MEMBERS = -100;

const UNKNOWN_ENTRY = 'unknown';

/** The result of a call that removed both sides, as its response says. */
const UNLINKED: Unlinked = { isUnverified: false };

/** The form of `link_contacts`, once it is known. mod_xmlrpc requires groups since October 2010; all others refuse them. */
export interface LearnedForm {
  form: LinkForm | undefined;
}

/**
 * Links two users, or renews their link. mod_xmlrpc refuses to renew, so the pair is unlinked first.
 *
 * @throws InvalidInputError if the input has a group and the server has no groups. Nothing was written
 * @throws ItemNotFoundError if the server does not know a user
 * @throws PartialLinkError if a side is not linked, or could not be verified
 */
export async function linkByOneCall(run: Run, side1: Side, side2: Side, learned: LearnedForm): Promise<void> {
  const attempt = () => linkOnce(run, side1, side2, learned);
  const read = () => entriesOf(run, side1.owner, side2.owner);
  const states = ([entry1, entry2]: Entries): States => [linkedState(entry1, side1), linkedState(entry2, side2)];

  let code = await attempt();
  // Each call has its own connection, and a second call of mod_rostbeef is harmless.
  if (code === ANY_FAILURE) code = await attempt();
  if (code === 0) return;
  if (code !== ANY_FAILURE && code !== ALREADY_LINKED) throw errorOfCode(code);

  const before = await read();
  if (areAll(states(before), 'written')) return;
  if (code === ANY_FAILURE || before.includes(UNKNOWN_ENTRY)) throw partial(states(before), code);
  if (!before.some(isLinked)) throw errorOfCode(code);
  const unlinked = await run(unlinkContacts(side1.owner, side2.owner));
  const renewed = unlinked || (await attempt());
  if (renewed === 0) return;
  const after = await read();
  // If the pair was unlinked and is linked again, another call has linked it.
  if ((unlinked === 0 && after.every(isLinked)) || areAll(states(after), 'written')) return;
  throw partial(states(after), renewed);
}

/**
 * Unlinks two users.
 *
 * @throws ItemNotFoundError if the server does not know a user
 * @throws PartialLinkError if a side is still linked, or could not be verified
 */
export async function unlinkByOneCall(run: Run, jid1: Jid, jid2: Jid): Promise<Unlinked> {
  const isUnclear = (code: number) => code === ANY_FAILURE || code === ALREADY_LINKED;
  let code = await run(unlinkContacts(jid1, jid2));
  if (isUnclear(code)) code = await run(unlinkContacts(jid1, jid2));
  if (code === 0) return UNLINKED;
  if (!isUnclear(code)) throw errorOfCode(code);
  const [entry1, entry2] = await entriesOf(run, jid1, jid2);
  const states: States = [unlinkedState(entry1), unlinkedState(entry2)];
  if (areAll(states, 'written')) return UNLINKED;
  if (code !== ANY_FAILURE && areAll(states, 'not')) throw errorOfCode(code);
  throw partial(states, code);
}

/** Links once, in the server's form. If the form is not known, it is learned first. */
async function linkOnce(run: Run, side1: Side, side2: Side, learned: LearnedForm): Promise<number> {
  if (side1.group || side2.group) return linkWithGroups(run, side1, side2, learned);
  const first = learned.form ?? 'plain';
  for (const form of [first, first === 'plain' ? 'grouped' : 'plain'] as const) {
    const code = await run(linkContacts(side1, side2, form));
    if (code === WRONG_MEMBERS) continue;
    learned.form = form;
    return code;
  }
  return WRONG_MEMBERS;
}

/** Refuses groups, because mod_rostbeef would ignore them. */
async function linkWithGroups(run: Run, side1: Side, side2: Side, learned: LearnedForm): Promise<number> {
  if (learned.form === undefined && (await ignoresMembers(run))) learned.form = 'plain';
  if (learned.form === 'plain') {
    const issues = Object.entries({ group1: side2.group, group2: side1.group })
      .filter(([, group]) => group)
      .map(([path]) => ({ path, message: 'must be left out: link_contacts of this server has no groups' }));
    throw new InvalidInputError({ issues });
  }
  const code = await run(linkContacts(side1, side2, 'grouped'));
  if (code === WRONG_MEMBERS) {
    throw errorOfCode(code, {
      detail: 'a mod_xmlrpc older than October 2010 has no groups: leave out group1 and group2',
    });
  }
  learned.form = 'grouped';
  return code;
}

async function ignoresMembers(run: Run): Promise<boolean> {
  try {
    await run(probeLink());
    return false;
  } catch (error) {
    const cause = error instanceof MalformedResponseError ? error.cause : undefined;
    if (cause instanceof TransportError && cause.status === 500) return true;
    throw error;
  }
}

type Entries = readonly [Entry | typeof UNKNOWN_ENTRY, Entry | typeof UNKNOWN_ENTRY];
type States = readonly [SideState, SideState];

/** Reads the entries of both sides. The entry of a roster that can't be read is `unknown`. */
function entriesOf(run: Run, jid1: Jid, jid2: Jid): Promise<Entries> {
  const read = async (owner: Jid, contact: Jid): Promise<Entry | typeof UNKNOWN_ENTRY> => {
    try {
      return await run(getEntry(owner, contact));
    } catch (error) {
      if (error instanceof ItemNotFoundError) return { item: undefined, tellsSubscription: true };
      if (error instanceof RostbeefError) return UNKNOWN_ENTRY;
      throw error;
    }
  };
  return Promise.all([read(jid1, jid2), read(jid2, jid1)]);
}

function isLinked(entry: Entries[number]): boolean {
  return entry !== UNKNOWN_ENTRY && entry.item?.subscription === 'both';
}

/** Returns the state of a side. Without a subscription in the response, it is unknown. */
function linkedState(entry: Entries[number], { nick, group }: Side): SideState {
  if (entry === UNKNOWN_ENTRY) return 'unknown';
  const { item, tellsSubscription } = entry;
  if (item === undefined || item.nick !== nick || item.groups.join() !== (group ?? '')) return 'not';
  if (!tellsSubscription) return 'unknown';
  // ejabberd shows a request that is pending under a subscription at the next login.
  return item.subscription === 'both' && item.pending === 'none' ? 'written' : 'not';
}

function unlinkedState(entry: Entries[number]): SideState {
  if (entry === UNKNOWN_ENTRY) return 'unknown';
  return entry.item === undefined ? 'written' : 'not';
}

function areAll(states: States, state: SideState): boolean {
  return states.every((one) => one === state);
}

function partial([jid1, jid2]: States, code: number): PartialLinkError {
  // mod_rostbeef answers the same for a user that does not exist and a database that is down.
  const advice = code === ANY_FAILURE ? { detail: 'repeat the call to complete it, if both users exist' } : {};
  return new PartialLinkError({ jid1, jid2 }, { code, ...advice });
}
