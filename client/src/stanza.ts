/** Builds stanzas from text. */

/** The options of a message. */
export interface MessageOptions {
  /** The type of RFC 6121 section 5.2.2. @default 'chat' */
  readonly type?: 'chat' | 'headline' | 'normal' | 'groupchat' | undefined;
  readonly subject?: string | undefined;
  /** The id by which receipts and corrections refer to it. @default - none */
  readonly id?: string | undefined;
}

/**
 * Makes a message stanza of a text. The text is escaped, so it can't add elements.
 *
 * @throws TypeError for a character that XML can't carry
 * @example
 * messageStanza('1 < 2') // '<message type="chat"><body>1 &lt; 2</body></message>'
 */
export function messageStanza(body: string, { type = 'chat', subject, id }: MessageOptions = {}): string {
  const attributes = [id === undefined ? '' : ` id="${escaped(id)}"`, ` type="${escaped(type)}"`].join('');
  const about = subject === undefined ? '' : `<subject>${escaped(subject)}</subject>`;
  return `<message${attributes}>${about}<body>${escaped(body)}</body></message>`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would read the raw character as a line feed (XML 1.0 section 2.11).
  '\r': '&#13;',
};

/** Matches the characters that XML 1.0 section 2.2 does not allow. */
const UNCARRIED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/u;

/** A text as it stands in XML. @throws TypeError for a character that XML can't carry */
export function escaped(text: string): string {
  if (UNCARRIED.test(text)) throw new TypeError('expected text without control characters, which XML can not carry');
  return text.replaceAll(/[&<>"'\r]/g, (character) => REFERENCES[character] ?? character);
}
