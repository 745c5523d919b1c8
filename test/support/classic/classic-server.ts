/** The embedded classic server as a contract test sees it. */
import { takeArguments } from '../../../infra/local/embedded/arguments.ts';
import { type ClassicOptions, startClassicServer } from '../../../infra/local/embedded/classic/server.ts';
import { commandsOf } from '../../../infra/local/embedded/commands.ts';
import type { Param } from '../../../infra/local/embedded/request.ts';
import { HOST, OTHER_HOST, peopleOf } from '../embedded-ejabberd.ts';
import { ROSTBEEF, type Traits, XML_RPC_2008, XML_RPC_2012 } from '../traits.ts';
import type { Arguments } from '../xmlrpc-call.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { type Generation, PROFILES } from './generations.ts';

const TRAITS: Readonly<Record<Generation, Traits>> = {
  'mod_rostbeef 1.0.0': ROSTBEEF,
  'mod_rostbeef 1.0.2': ROSTBEEF,
  'mod_xmlrpc 2008': XML_RPC_2008,
  'mod_xmlrpc 2010': { ...XML_RPC_2012, everyGroup: false },
  'mod_xmlrpc 2012': XML_RPC_2012,
};

/**
 * Starts one. A busy machine may need more than mod_rostbeef's 50 ms, which have a test of their own; its later
 * releases let one set them.
 */
export async function startClassic(generation: Generation, options: Partial<ClassicOptions> = {}): Promise<XmppServer> {
  const { url, state, stop } = await startClassicServer({
    patienceMs: 5_000,
    ...options,
    profile: PROFILES[generation],
    hosts: [HOST, OTHER_HOST],
  });
  const commands = commandsOf('24.12');
  /** A stock command straight on the server's state: a classic server has no such thing. */
  const command = async (name: string, args: Arguments): Promise<unknown> => {
    const known = commands.get(name);
    if (known === undefined) throw new Error(`no command ${name}`);
    return known.run(takeArguments(known.args, structOf(args)), state, '24.12');
  };
  const nobody = { user: 'nobody', server: HOST, password: 'unknown to the server' };
  return {
    url,
    host: HOST,
    otherHost: OTHER_HOST,
    release: 'since-24.02',
    traits: TRAITS[generation],
    account: nobody,
    powerless: nobody,
    command,
    ...peopleOf(state, command),
    stop,
  };
}

function structOf(args: Arguments): Param {
  const param = (type: string, more: Partial<Param>): Param => ({ type, text: '', items: [], members: [], ...more });
  const paramOf = (value: string | readonly string[]): Param =>
    typeof value === 'string'
      ? param('string', { text: value })
      : param('array', { items: value.map((text) => param('string', { text })) });
  return param('struct', { members: Object.entries(args).map(([name, value]) => [name, paramOf(value)] as const) });
}
