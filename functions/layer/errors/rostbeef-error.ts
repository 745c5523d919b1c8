/** One problem of the input. */
export interface Issue {
  /** The member's name, or `""` for the input as a whole. */
  readonly path: string;
  /** The problem, and how to correct it. It follows the path in a sentence, such as `is required`. */
  readonly message: string;
}

/** The part that has to be corrected: the call, the secret or its account, ejabberd, or the functions themselves. */
export type Blame = 'caller' | 'credentials' | 'ejabberd' | 'functions';

/** The properties that all errors of one class share. */
export interface ErrorKind {
  /** The public name. Workflows match it. */
  readonly name: string;
  /** The constant beginning of the message: a sentence without its full stop. */
  readonly summary: string;
  /** The HTTP status, unless the error can not occur over HTTP. */
  readonly status?: number;
  /** Whether the same call may succeed later, and does no harm if the first one succeeded after all. */
  readonly retryable: boolean;
  /** The part that has to be corrected. It decides the metric and the log level. */
  readonly blame: Blame;
  /** Whether the server may have accepted a stanza despite the error. The default is `false`. */
  readonly leavesOutcomeOpen?: boolean;
  /** The code of XEP-0086, if the class has exactly one. */
  readonly code?: number;
  /** The XMPP condition of RFC 6120 section 8.3.3, if the class has one. */
  readonly condition?: string;
}

/** The properties of one error. All except `cause` may reach the caller: no secret, nick, stanza or fault text. */
export interface ErrorDetails {
  /** The part of the message between the summary and the issues. */
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  /** Replaces the code of the kind. */
  readonly code?: number;
  /** Replaces the HTTP status of the kind. */
  readonly status?: number;
  /** The original error. The log has its name and code. */
  readonly cause?: unknown;
}

/**
 * The base class of every error that the functions throw. `retryable` depends only on the name.
 *
 * The message has the summary, the detail, the issues, and at last the code and condition. A Lambda function that throws
 * adds `issues` and `sides` as JSON (`thrownMessage`).
 *
 * @example
 * new ItemNotFoundError({ detail: 'carol@example.com' }).message
 * // "No such user: carol@example.com (404 item-not-found)"
 */
export abstract class RostbeefError extends Error {
  static readonly kind: ErrorKind;
  readonly summary: string;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly blame: Blame;
  readonly leavesOutcomeOpen: boolean;
  readonly code: number | undefined;
  readonly condition: string | undefined;
  readonly issues: readonly Issue[] | undefined;
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
