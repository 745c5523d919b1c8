/** Reads ejabberd's faults. Their text quotes every argument, so that no error and no log may hold it. */
import { errorOfCode, JidMalformedError, type RostbeefError } from '../errors/index.ts';

/** A fault as the server sent it. */
export interface Fault {
  readonly code: number;
  readonly text: string;
}

/** The reason why a command was refused before it ran, or the error in which it ended. */
type FaultMeaning = 'credentials' | 'permission' | RostbeefError;

/** The code for refused credentials, a refused command, and a failed command (`ejabberd_xmlrpc.erl`). */
const COMMAND_FAILURE = -118;

const CREDENTIALS_TEXTS: readonly string[] = [
  'Error -118\nInvalid authentication data',
  'Error -118\nInvalid oauth token',
];

// Compared at the start only, because the rest of the text holds the caller's own words.
const PROBLEM = "Error -118\nA problem '{error,";
const PERMISSION_REASONS: readonly string[] = ["access_rules_unauthorized}'", "account_unprivileged}'"];
const JID_REASONS: readonly string[] = [
  '"JID malformed"',
  "\"Invalid 'user'/'server'\"",
  "\"Invalid 'localuser'/'localserver'\"",
];

/** Tells refused credentials, a refused command and a failed command apart. */
export function meaningOf(fault: Fault): FaultMeaning {
  if (fault.code !== COMMAND_FAILURE) return errorOfCode(fault.code);
  if (CREDENTIALS_TEXTS.includes(fault.text)) return 'credentials';
  if (!fault.text.startsWith(PROBLEM)) return errorOfCode(fault.code);
  const startsWith = (reason: string) => fault.text.startsWith(reason, PROBLEM.length);
  if (PERMISSION_REASONS.some(startsWith)) return 'permission';
  if (JID_REASONS.some(startsWith)) return new JidMalformedError({ detail: 'ejabberd refuses it' });
  return errorOfCode(fault.code);
}

/**
 * Tells whether a fault comes from ejabberd's XML parser, such as `{error,<<"mismatched tag">>}` or `{error,{unknown_tag,…}}`.
 * Up to 23.10, `send_stanza` reports a stanza that it can't read in this way. Nothing was routed.
 */
export function isParserFault({ code, text }: Fault): boolean {
  const reason = text.startsWith(PROBLEM) ? text.slice(PROBLEM.length) : '';
  return code === COMMAND_FAILURE && ['<<', '{'].some((start) => reason.startsWith(start));
}
