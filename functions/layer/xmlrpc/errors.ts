/** How writing a call or reading its response can fail. Messages are constant words and numbers: they quote nothing. */

/** A value that can't travel; names the path, never the value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
}

/** The body is not one well-formed XML-RPC response; says what is wrong and at which byte, and quotes nothing. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
