/** Puts `issues` and `sides` into the message, because Lambda passes on only the name and message of a thrown error. */
import { PartialLinkError } from './partial-link-error.ts';
import type { RostbeefError } from './rostbeef-error.ts';

const MAX_ISSUES = 20;
const MAX_BYTES = 4_096;

/**
 * Returns the message of an error that is thrown out of a Lambda function.
 *
 * If `issues` or `sides` are set, the message ends with a space and one line of JSON that holds them. The JSON has at most
 * 20 issues and 4 KB. `more` is the number of issues that it leaves out. To read it, search for ` {"issues":` or
 * ` {"sides":`.
 *
 * @example
 * thrownMessage(new JidMalformedError({ issues: [{ path: 'jid1', message: 'has an empty domain' }] }))
 * // 'Not a valid JID: jid1 has an empty domain (400 jid-malformed) {"issues":[{"path":"jid1","message":"has an empty domain"}]}'
 */
export function thrownMessage(error: RostbeefError): string {
  const { message, issues } = error;
  const sides = error instanceof PartialLinkError ? { sides: error.sides } : {};
  if (issues === undefined) return 'sides' in sides ? `${message} ${JSON.stringify(sides)}` : message;
  for (let count = Math.min(issues.length, MAX_ISSUES); ; count -= 1) {
    const more = issues.length > count ? { more: issues.length - count } : {};
    const json = JSON.stringify({ issues: issues.slice(0, count), ...sides, ...more });
    if (count === 0 || Buffer.byteLength(json) <= MAX_BYTES) return `${message} ${json}`;
  }
}
