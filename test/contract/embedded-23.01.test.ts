import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { contractOn } from './contract.ts';

contractOn('the embedded server playing 23.01', () => startEmbeddedEjabberd('23.01'));
