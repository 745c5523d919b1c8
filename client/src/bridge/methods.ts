/** The table of calls of mod_rostbeef's documentation, over the client. */
import type { Client } from '../client.ts';
import { errorOf, isRostbeefError } from '../errors.ts';
import type { Contact, ContactWithPresence } from '../generated/methods.ts';
import type { Value } from './decode.ts';
import type { Returned } from './encode.ts';

/** The members of the one struct that a call has. */
type Members = Readonly<Record<string, string>>;

type Method = (client: Client, members: Members, signal: AbortSignal) => Promise<Returned>;

/** The code of an error that XEP-0086 gives none, as mod_rostbeef answered it. */
const NO_CODE = -1;

const METHODS: Readonly<Record<string, Method>> = {
  link_contacts: async (client, members, signal) =>
    (await client.call('link_contacts', having(members, [...PAIR, ...NICKS]), { signal })).code,
  unlink_contacts: async (client, members, signal) =>
    (await client.call('unlink_contacts', having(members, PAIR), { signal })).code,
  get_roster: async (client, members, signal) => collected(client.roster(having(members, USER), { signal }), contactOf),
  get_roster_with_presence: async (client, members, signal) =>
    collected(client.rosterWithPresence(having(members, USER), { signal }), contactWithPresenceOf),
  get_presence: async (client, members, signal) => {
    const { jid, show, status } = await client.call('get_presence', having(members, USER), { signal });
    return { jid, show, status };
  },
  get_resources: async (client, members, signal) =>
    (await client.call('get_resources', having(members, USER), { signal })).resources,
  // A stanza is sent once, whatever comes back.
  send_stanza: async (client, members, signal) =>
    (await client.call('send_stanza', having(members, STANZA), { signal, retry: false })).code,
};

/** Whether the documentation has a call of this name. */
export function isMethod(name: string): boolean {
  return Object.hasOwn(METHODS, name);
}

/** The members of a call: one struct of strings. `undefined` for anything else. */
export function membersOf(params: readonly Value[]): Members | undefined {
  const [struct, ...more] = params;
  if (struct === undefined || typeof struct === 'string' || isList(struct) || more.length > 0) return undefined;
  const members: [string, string][] = [];
  for (const [name, value] of Object.entries(struct)) {
    if (typeof value !== 'string') return undefined;
    members.push([name, value]);
  }
  return Object.fromEntries(members);
}

/** The result of a call, and the name of the error behind an integer that is not 0. */
export interface Outcome {
  readonly value: Returned;
  readonly error?: string;
}

/** Makes a call. An error is the integer that mod_rostbeef’s documentation calls a return code. */
export async function answer(client: Client, name: string, members: Members, signal: AbortSignal): Promise<Outcome> {
  const method = METHODS[name];
  if (method === undefined) return { value: NO_CODE, error: 'UnknownMethod' };
  try {
    return { value: await method(client, members, signal) };
  } catch (error) {
    if (!isRostbeefError(error)) throw error;
    return { value: error.code ?? NO_CODE, error: error.name };
  }
}

/** The members, if those that a call can't be made without are there. The API checks the rest. @throws InvalidInputError */
function having<Name extends string>(members: Members, names: readonly Name[]): Members & Record<Name, string> {
  if (hasAll(members, names)) return members;
  throw errorOf('InvalidInputError', `expected the members ${names.join(', ')}`);
}

function hasAll<Name extends string>(
  members: Members,
  names: readonly Name[],
): members is Members & Record<Name, string> {
  return names.every((name) => members[name] !== undefined);
}

const PAIR = ['jid1', 'jid2'] as const;
const NICKS = ['nick1', 'nick2'] as const;
const USER = ['user', 'server'] as const;
const STANZA = ['from', 'to', 'stanza'] as const;

function contactOf({ jid, group, nick, subscription, pending }: Contact): Returned {
  return { jid, group, nick, subscription, pending };
}

function contactWithPresenceOf(contact: ContactWithPresence): Returned {
  const { jid, resource, group, nick, subscription, pending, show, status } = contact;
  return { jid, resource, group, nick, subscription, pending, show, status };
}

async function collected<Item>(
  items: AsyncIterable<Item>,
  returnedOf: (item: Item) => Returned,
): Promise<readonly Returned[]> {
  const all: Returned[] = [];
  for await (const item of items) all.push(returnedOf(item));
  return all;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}
