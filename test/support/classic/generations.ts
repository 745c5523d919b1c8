/** The classic servers, by module and time. */
import { MOD_ROSTBEEF, type Profile } from '../../../infra/local/embedded/classic/server.ts';
import { resultBody } from '../../../infra/local/embedded/classic/text.ts';
import { modXmlRpcMethods } from './mod-xmlrpc.ts';
import { rostbeefMethods100 } from './rostbeef-1-0-0.ts';

export type Generation =
  | 'mod_rostbeef 1.0.0'
  | 'mod_rostbeef 1.0.2'
  | 'mod_xmlrpc 2008'
  | 'mod_xmlrpc 2010'
  | 'mod_xmlrpc 2012';

const XML_RPC = {
  patienceMs: 5_000,
  contentTypes: ['text/xml', 'text/xml; charset=utf-8'],
  crash: { body: resultBody(-100) },
};

/** How each of them behaves. */
export const PROFILES: Readonly<Record<Generation, Profile>> = {
  'mod_rostbeef 1.0.0': { ...MOD_ROSTBEEF, methods: rostbeefMethods100 },
  'mod_rostbeef 1.0.2': MOD_ROSTBEEF,
  'mod_xmlrpc 2008': { ...XML_RPC, methods: modXmlRpcMethods('2008') },
  'mod_xmlrpc 2010': { ...XML_RPC, methods: modXmlRpcMethods('2010') },
  'mod_xmlrpc 2012': { ...XML_RPC, methods: modXmlRpcMethods('2012') },
};
