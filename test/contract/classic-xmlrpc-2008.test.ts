import { startClassic } from '../support/classic/classic-server.ts';
import { XML_RPC_2008 } from '../support/traits.ts';
import { contractOn } from './contract.ts';

contractOn('the embedded server playing mod_xmlrpc 2008', () => startClassic('mod_xmlrpc 2008'), XML_RPC_2008);
