/** Reads a thrown error's message as `docs/calling.md` says. */

/** What a message says in words, and what it holds as JSON, if it holds any. */
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
