/** One XML-RPC call: encode, post, decode. */
import { decodeResponse, type Response } from './decode.ts';
import { type Encodable, encodeCall } from './encode.ts';
import { type Endpoint, type Post, post } from './transport.ts';

/** A call, and how it may travel. */
export interface Call extends Omit<Post, 'body'> {
  readonly method: string;
  readonly params: readonly Encodable[];
}

/**
 * Calls a method.
 *
 * @returns the response, which may be a fault
 * @throws EncodeError where nothing was sent, TransportError, DecodeError
 */
export async function call(endpoint: Endpoint, { method, params, ...way }: Call): Promise<Response> {
  return decodeResponse(await post(endpoint, { body: encodeCall(method, params), ...way }));
}
