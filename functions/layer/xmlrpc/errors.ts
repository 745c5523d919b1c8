/** Defines the errors of the codec. Their messages have only constant words and numbers. */

/** XML-RPC can't carry a value. The message has the path and never the value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** The body is not one well-formed XML-RPC response. The message has the problem and its byte, and quotes nothing. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
