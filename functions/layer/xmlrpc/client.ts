/** Makes one XML-RPC call: encode, post, decode. */
import { isUtf8 } from 'node:buffer';
import { type Endpoint, type Post, post } from '../http/index.ts';
import { decodeResponse, type Response } from './decode.ts';
import { createEncoder, type Encodable, type Encode } from './encode.ts';

let encoder: Promise<Encode> | undefined;

/** Loads the encoder once. The package `xmlrpc` takes 4 ms to load, so call this while something else is awaited. */
export function loadEncoder(): Promise<Encode> {
  encoder ??= import('rostbeef-layer/forms').then(({ writeForm }) => createEncoder(writeForm));
  return encoder;
}

/** A call, and how it may travel. */
export interface Call extends Omit<Post, 'body'> {
  readonly method: string;
  readonly params: readonly Encodable[];
}

/**
 * Calls a method.
 *
 * @returns the response, which may be a fault
 * @throws EncodeError if nothing was sent, TransportError, DecodeError
 */
export async function call(endpoint: Endpoint, { method, params, ...way }: Call): Promise<Response> {
  const { isClassic } = endpoint;
  const encode = await loadEncoder();
  const body = encode(method, params, isClassic ? 'ISO-8859-1' : undefined);
  const answer = await post(endpoint, { body, ...way });
  return decodeResponse(isClassic ? asUtf8(answer) : answer);
}

/**
 * Returns a response of a classic server as UTF-8. Such a server returns text in the encoding in which it got it: UTF-8 from
 * the functions, maybe Latin-1 from XMPP clients. The encoding that it declares is wrong.
 */
function asUtf8(bytes: Buffer): Buffer {
  const declaration = /^<\?xml[^>]*>/.exec(bytes.toString('latin1', 0, 200))?.[0] ?? '';
  const undeclared = bytes.subarray(declaration.length);
  return isUtf8(undeclared) ? undeclared : Buffer.from(undeclared.toString('latin1'));
}
