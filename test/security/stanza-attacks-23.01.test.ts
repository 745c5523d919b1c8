import { describeEjabberd } from '../support/ejabberd/describe-ejabberd.ts';
import { stanzaAttacksOn } from './stanza-attacks.ts';

await describeEjabberd('23.01', 'attacks by a stanza on a real ejabberd 23.01', stanzaAttacksOn);
