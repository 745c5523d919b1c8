/** A classic server in memory. It speaks XML-RPC on a raw socket and imitates xmlrpc-erlang. */
import type { Param } from '../request.ts';
import type { EmbeddedServer } from '../server.ts';
import { ServerState } from '../state.ts';
import { Crash, type Methods, membersOf } from './handler.ts';
import { rostbeefMethods } from './rostbeef.ts';
import { faultBody, readCall, resultBody, Unencodable } from './text.ts';
import { type Outcome, startWire, type WireOptions } from './wire.ts';

/** The behaviour of a module. */
export interface Profile extends Pick<WireOptions, 'patienceMs' | 'contentTypes'> {
  readonly methods: Methods;
  /** The outcome of a call whose handler crashed. */
  readonly crash: Outcome;
}

/** The configuration of a classic server. */
export interface ClassicOptions extends Partial<Pick<WireOptions, 'patienceMs' | 'stallMs'>> {
  /** The module to imitate. @default MOD_ROSTBEEF */
  readonly profile?: Profile;
  readonly hosts: readonly string[];
}

/** mod_rostbeef 1.0.2. */
export const MOD_ROSTBEEF: Profile = {
  patienceMs: 50,
  contentTypes: ['text/xml'],
  crash: { status: 500 },
  methods: rostbeefMethods,
};

/** The types that xmlrpc-erlang 1.13 accepts. */
const KNOWN_TYPES: readonly string[] = [
  'string',
  'int',
  'i4',
  'boolean',
  'double',
  'dateTime.iso8601',
  'base64',
  'struct',
  'array',
];

/** Starts a classic server on a free port of 127.0.0.1. */
export async function startClassicServer({
  profile = MOD_ROSTBEEF,
  ...options
}: ClassicOptions): Promise<EmbeddedServer> {
  const { methods, crash, ...manners } = profile;
  const state = new ServerState(options.hosts);
  const wire = await startWire({ ...manners, ...options, answer: (body) => answer(body, methods, crash, state) });
  return { url: `http://127.0.0.1:${wire.port}/`, state, stop: () => wire.stop() };
}

function answer(body: Buffer, methods: Methods, crash: Outcome, state: ServerState): Outcome {
  const call = readCall(body);
  if (call === 'Malformed XML') return 'closed without an answer';
  if (call === 'Malformed Request' || !call.params.every(isKnown)) return { status: 400 };
  try {
    const method = methods.get(call.method);
    const members = membersOf(call.params);
    if (method === undefined || members === undefined) {
      return { body: faultBody(-1, `Unknown call: {call,${call.method},${JSON.stringify(call.params)}}`) };
    }
    return { body: resultBody(method(members, state)) };
  } catch (error) {
    if (error instanceof Crash) return crash;
    if (error instanceof Unencodable) return { status: 500, closes: false };
    throw error;
  }
}

function isKnown({ type, items, members }: Param): boolean {
  return KNOWN_TYPES.includes(type) && items.every(isKnown) && members.every(([, member]) => isKnown(member));
}
