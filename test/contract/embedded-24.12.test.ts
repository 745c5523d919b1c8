import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { contractOn } from './contract.ts';

contractOn('the embedded server playing 24.12', () => startEmbeddedEjabberd('24.12'));
