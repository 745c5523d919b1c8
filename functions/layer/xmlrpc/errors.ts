/** Defines the errors of encoding and decoding. Their messages quote nothing of the call and the response. */

/** A value can't be encoded. The message has its path, and not the value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** The body is not a valid XML-RPC response. The message describes the error and its position in bytes. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
