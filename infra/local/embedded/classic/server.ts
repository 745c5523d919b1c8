/** A classic server in memory, of one of five generations: XML-RPC on a raw socket, with the old ones' manners. */
import type { Param } from '../request.ts';
import type { EmbeddedServer } from '../server.ts';
import { World } from '../world.ts';
import { Crash, type Methods, membersOf } from './handler.ts';
import { modXmlRpcMethods } from './mod-xmlrpc.ts';
import { rostbeefMethods } from './rostbeef.ts';
import { faultBody, readCall, resultBody, Unencodable } from './text.ts';
import { type Outcome, startWire, type WireOptions } from './wire.ts';

/** Which module is played, and of what time. */
export type Generation =
  | 'mod_rostbeef 1.0.0'
  | 'mod_rostbeef 1.0.2'
  | 'mod_xmlrpc 2008'
  | 'mod_xmlrpc 2010'
  | 'mod_xmlrpc 2012';

/** What is played. */
export interface ClassicOptions extends Partial<Pick<WireOptions, 'patienceMs' | 'stallMs'>> {
  readonly generation: Generation;
  readonly hosts: readonly string[];
}

interface Profile extends Pick<WireOptions, 'patienceMs' | 'contentTypes'> {
  readonly methods: Methods;
  /** What a crash of the handler becomes. */
  readonly crash: Outcome;
}

const ROSTBEEF = { patienceMs: 50, contentTypes: ['text/xml'], crash: { status: 500 } } as const;
const XML_RPC = { patienceMs: 5_000, contentTypes: ['text/xml', 'text/xml; charset=utf-8'] } as const;

const PROFILES: Readonly<Record<Generation, () => Profile>> = {
  'mod_rostbeef 1.0.0': () => ({ ...ROSTBEEF, methods: rostbeefMethods('1.0.0') }),
  'mod_rostbeef 1.0.2': () => ({ ...ROSTBEEF, methods: rostbeefMethods('1.0.2') }),
  'mod_xmlrpc 2008': () => ({ ...XML_RPC, methods: modXmlRpcMethods('2008'), crash: { body: resultBody(-100) } }),
  'mod_xmlrpc 2010': () => ({ ...XML_RPC, methods: modXmlRpcMethods('2010'), crash: { body: resultBody(-100) } }),
  'mod_xmlrpc 2012': () => ({ ...XML_RPC, methods: modXmlRpcMethods('2012'), crash: { body: resultBody(-100) } }),
};

/** What the library has no word for, though other XML-RPC has. */
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

/** Starts one on a free port of 127.0.0.1. */
export async function startClassicServer(options: ClassicOptions): Promise<EmbeddedServer> {
  const { methods, crash, ...manners } = PROFILES[options.generation]();
  const world = new World(options.hosts);
  const wire = await startWire({ ...manners, ...options, answer: (body) => answer(body, methods, crash, world) });
  return { url: `http://127.0.0.1:${wire.port}/`, world, stop: () => wire.stop() };
}

function answer(body: Buffer, methods: Methods, crash: Outcome, world: World): Outcome {
  const call = readCall(body);
  if (call === 'Malformed XML') return 'closed without an answer';
  if (call === 'Malformed Request' || !call.params.every(isKnown)) return { status: 400 };
  try {
    const method = methods.get(call.method);
    const members = membersOf(call.params);
    if (method === undefined || members === undefined) {
      return { body: faultBody(-1, `Unknown call: {call,${call.method},${JSON.stringify(call.params)}}`) };
    }
    return { body: resultBody(method(members, world)) };
  } catch (error) {
    if (error instanceof Crash) return crash;
    if (error instanceof Unencodable) return { status: 500, closes: false };
    throw error;
  }
}

function isKnown({ type, items, members }: Param): boolean {
  return KNOWN_TYPES.includes(type) && items.every(isKnown) && members.every(([, member]) => isKnown(member));
}
