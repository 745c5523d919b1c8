/** Takes `issues` and `sides` out of a Lambda function, of which a thrown error carries a name and a message only. */
import { PartialLinkError } from './function-errors.ts';
import type { RostbeefError } from './rostbeef-error.ts';

const MAX_ISSUES = 20;
const MAX_BYTES = 4_096;

/**
 * The message with which an error leaves a function that throws. Where `issues` or `sides` are set, it ends with a space
 * and one line of JSON that holds them: at most 20 issues and 4 KB, and then `more`, the number of issues left out.
 *
 * A reader finds the JSON by ` {"issues":` or ` {"sides":`, and takes a message without it as well.
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
