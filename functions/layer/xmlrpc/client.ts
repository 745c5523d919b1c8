/** Makes one XML-RPC call: encode, post, decode. */
import { isUtf8 } from 'node:buffer';
import { type Endpoint, type PostOptions, post } from '../http/index.ts';
import { lazy } from '../shared/lazy.ts';
import { decodeResponse, type Response } from './decode.ts';
import { createEncoder, type Encodable } from './encode.ts';

/** Loads the encoder once in a container. The package `xmlrpc` takes 4 ms to load, so call this during another wait. */
export const loadEncoder = lazy(() => import('rostbeef-layer/forms').then(({ writeForm }) => createEncoder(writeForm)));

/** A call of a method. */
export interface Call {
  readonly method: string;
  readonly params: readonly Encodable[];
}

/**
 * Calls a method.
 *
 * @returns the response, which may be a fault
 * @throws EncodeError if a parameter can not be encoded. Nothing was sent
 * @throws TransportError if there is no valid HTTP response
 * @throws DecodeError if the body is not a valid XML-RPC response
 */
export async function call(endpoint: Endpoint, { method, params }: Call, options: PostOptions): Promise<Response> {
  const { isClassic } = endpoint;
  const encode = await loadEncoder();
  const body = encode(method, params, isClassic ? 'ISO-8859-1' : undefined);
  const answer = await post(endpoint, body, options);
  return decodeResponse(isClassic ? asUtf8(answer) : answer);
}

/**
 * Converts the response of a classic server to UTF-8, without its XML declaration, which is wrong.
 *
 * A classic server returns text in the bytes in which it was written: UTF-8 from this client, maybe Latin-1 from others.
 */
function asUtf8(bytes: Buffer): Buffer {
  const declaration = /^<\?xml[^>]*>/.exec(bytes.toString('latin1', 0, 200))?.[0] ?? '';
  const undeclared = bytes.subarray(declaration.length);
  return isUtf8(undeclared) ? undeclared : Buffer.from(undeclared.toString('latin1'));
}
