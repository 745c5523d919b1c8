/** The client of the rostbeef functions. */

export type { CallOptions } from './call.ts';
export { CallError, type ErrorDetails } from './call-error.ts';
export { type Client, createClient } from './client.ts';
export { isRostbeefError } from './errors.ts';
export * from './generated/errors.ts';
export * from './generated/methods.ts';
export { type HttpOptions, overHttp } from './http.ts';
export { type FunctionNames, type LambdaClientLike, overLambda } from './lambda.ts';
export type { RetryOptions } from './retry.ts';
export { type Credentials, type Sign, type SignOptions, signV4 } from './sign.ts';
export { type MessageOptions, messageStanza } from './stanza.ts';
export type { Transport, TransportCall } from './transport.ts';
