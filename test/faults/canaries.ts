/** Words that must come out nowhere. */

/** Each a secret of its own kind. */
export const CANARIES = {
  password: 'canary-password',
  nick: 'canary-nick',
  group: 'canary-group',
  stanza: 'canary-stanza',
  fault: 'canary-fault',
  body: 'canary-body',
} as const;

/** Those found in a text; each also split, reversed or encoded would not be a leak that somebody reads. */
export function canariesIn(text: string): readonly string[] {
  const encoded = (word: string) => [word, Buffer.from(word).toString('base64').slice(0, -4)];
  return Object.values(CANARIES).filter((word) => encoded(word).some((form) => text.includes(form)));
}
