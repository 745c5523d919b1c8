/** Reads a thrown error's message as `docs/calling.md` says. */

/** The words of a message, and its JSON, if it has any. */
export interface ThrownError {
  readonly words: string;
  readonly structure: unknown;
}

/** Splits the message of an error that was thrown out of a function. */
export function readThrown(message: string): ThrownError {
  const json = /(?<= )\{"(?:issues|sides)":.*\}$/.exec(message);
  if (json === null) return { words: message, structure: undefined };
  return { words: message.slice(0, json.index - 1), structure: JSON.parse(json[0]) };
}
