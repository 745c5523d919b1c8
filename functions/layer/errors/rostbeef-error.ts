/** One thing wrong with the input: where, and how to mend it. */
export interface Issue {
  /** The member's name, or `""` for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Who can correct an error: the caller, whoever keeps the secret or ejabberd, or the operator of the functions. */
export type Blame = 'caller' | 'credentials' | 'ejabberd' | 'functions';

/** What is the same for every error of one class. */
export interface ErrorKind {
  /** Public API: workflows match on it. */
  readonly name: string;
  /** The message's constant beginning, a sentence without its full stop. */
  readonly summary: string;
  /** The HTTP status; none for what HTTP can't meet. */
  readonly status?: number;
  /** Whether the same call may succeed later, and does no harm if it was done already. */
  readonly retryable: boolean;
  /** Who has to do something about it. Metrics and log levels follow from it. */
  readonly blame: Blame;
  /** Whether the server may have taken a stanza for all that is known. */
  readonly leavesOutcomeOpen?: boolean;
  /** The code of XEP-0086, where the class stands for exactly one. */
  readonly code?: number;
  /** The XMPP condition of RFC 6120 section 8.3.3, where there is one. */
  readonly condition?: string;
}

/** What one error adds to its kind. Everything but `cause` may reach the caller: no secret, nick, stanza or fault text. */
export interface ErrorDetails {
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  readonly code?: number;
  readonly status?: number;
  readonly cause?: unknown;
}

/**
 * The base of every error that the functions raise. Its `name` alone decides whether a call may be repeated.
 *
 * The message has the kind's summary, the detail, the issues, and last code and condition. An error that is thrown out of
 * a Lambda function has `issues` and `sides` as JSON after them (`thrownMessage`), because nothing else leaves with it.
 *
 * @example
 * new ItemNotFoundError({ detail: 'carol@example.com' }).message
 * // "No such user: carol@example.com (404 item-not-found)"
 */
export abstract class RostbeefError extends Error {
  static readonly kind: ErrorKind;
  /** What the name means, whatever the call was. */
  readonly summary: string;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly blame: Blame;
  readonly leavesOutcomeOpen: boolean;
  readonly code: number | undefined;
  readonly condition: string | undefined;
  readonly issues: readonly Issue[] | undefined;
  /** What the message says of this one error between the kind's summary and the issues. */
  readonly detail: string | undefined;

  constructor(details: ErrorDetails = {}) {
    const kind = new.target.kind;
    const code = details.code ?? kind.code;
    super(messageOf(kind, details, code), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = kind.name;
    this.summary = kind.summary;
    this.status = details.status ?? kind.status;
    this.retryable = kind.retryable;
    this.blame = kind.blame;
    this.leavesOutcomeOpen = kind.leavesOutcomeOpen ?? false;
    this.code = code;
    this.condition = kind.condition;
    this.issues = details.issues;
    this.detail = details.detail;
  }
}

function messageOf(kind: ErrorKind, { detail, issues = [] }: ErrorDetails, code: number | undefined): string {
  const specifics = [detail, ...issues.map(issueText)].filter((text) => text !== undefined);
  const codes = [code, kind.condition].filter((part) => part !== undefined).join(' ');
  return `${kind.summary}${specifics.length > 0 ? `: ${specifics.join('; ')}` : ''}${codes && ` (${codes})`}`;
}

function issueText({ path, message }: Issue): string {
  return path === '' ? message : `${path} ${message}`;
}
