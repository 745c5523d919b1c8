/** One problem of an input or of the settings. */
export interface Issue {
  /** The member's name, or `""` for the input as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The party that can correct an error. `credentials` is the owner of the secret, `functions` their operator. */
export type Blame = 'caller' | 'credentials' | 'ejabberd' | 'functions';

/** The properties that all errors of one class share. */
export interface ErrorKind {
  /** The error's name. Workflows match on it, so it never changes. */
  readonly name: string;
  /** The constant beginning of the message: a sentence without its full stop. */
  readonly summary: string;
  /** The HTTP status. `undefined` if an HTTP call can't end with this error. */
  readonly status?: number;
  /** Whether the same call can succeed later, and is harmless if it was done before. */
  readonly retryable: boolean;
  /** The party that has to act. It decides the metric and the log level. */
  readonly blame: Blame;
  /** Whether the server may have sent a stanza although the call failed. */
  readonly leavesOutcomeOpen?: boolean;
  /** The code of XEP-0086, if the class has exactly one. */
  readonly code?: number;
  /** The XMPP condition of RFC 6120 section 8.3.3, if there is one. */
  readonly condition?: string;
}

/** The properties of one error. All but `cause` reach the caller, so they hold no secret, nick, stanza or fault text. */
export interface ErrorDetails {
  readonly detail?: string;
  readonly issues?: readonly Issue[];
  readonly code?: number;
  readonly status?: number;
  readonly cause?: unknown;
}

/**
 * The base class of every error that the functions throw. The `name` decides whether a call may be repeated.
 *
 * The message holds the summary of the class, the detail, the issues, and the code with its condition. If the error leaves
 * a Lambda function, `thrownMessage` appends `issues` and `sides` as JSON, because Lambda passes on name and message only.
 *
 * @example
 * new ItemNotFoundError({ detail: 'carol@example.com' }).message
 * // "No such user: carol@example.com (404 item-not-found)"
 */
export abstract class RostbeefError extends Error {
  static readonly kind: ErrorKind;
  /** The summary of the class. */
  readonly summary: string;
  readonly status: number | undefined;
  readonly retryable: boolean;
  readonly blame: Blame;
  readonly leavesOutcomeOpen: boolean;
  readonly code: number | undefined;
  readonly condition: string | undefined;
  readonly issues: readonly Issue[] | undefined;
  /** The part of the message that belongs to this one error. */
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
