export { call, loadEncoder } from './client.ts';
export { DecodeError, EncodeError } from './errors.ts';
export { xmlProblem } from './xml-text.ts';
