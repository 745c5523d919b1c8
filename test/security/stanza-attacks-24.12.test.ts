import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { stanzaAttacksOn } from './stanza-attacks.ts';

await describeEjabberd('24.12', 'attacks by a stanza on a real ejabberd 24.12', stanzaAttacksOn);
