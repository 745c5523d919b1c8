/** One XML-RPC call: encode, post, decode. */
import { isUtf8 } from 'node:buffer';
import { type Endpoint, type Post, post } from '../http/index.ts';
import { decodeResponse, type Response } from './decode.ts';
import { createEncoder, type Encodable, type Encode } from './encode.ts';

let encoder: Promise<Encode> | undefined;

/** Loads the encoder, once a container. The package `xmlrpc` in it takes 4 ms, so load it while something else is awaited. */
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
 * @throws EncodeError where nothing was sent, TransportError, DecodeError
 */
export async function call(endpoint: Endpoint, { method, params, ...way }: Call): Promise<Response> {
  const { isClassic } = endpoint;
  const encode = await loadEncoder();
  const body = encode(method, params, isClassic ? 'ISO-8859-1' : undefined);
  const answer = await post(endpoint, { body, ...way });
  return decodeResponse(isClassic ? asUtf8(answer) : answer);
}

/**
 * What a legacy server took as UTF-8 it gives back so, and what its own clients wrote may be Latin-1. What it declares, if
 * anything, is not so.
 */
function asUtf8(bytes: Buffer): Buffer {
  const declaration = /^<\?xml[^>]*>/.exec(bytes.toString('latin1', 0, 200))?.[0] ?? '';
  const undeclared = bytes.subarray(declaration.length);
  return isUtf8(undeclared) ? undeclared : Buffer.from(undeclared.toString('latin1'));
}
