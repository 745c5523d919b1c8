/** Writes one JSON line for each call to CloudWatch Logs, without secrets, stanzas, nicks and fault texts. */
import { RostbeefError, UnexpectedError } from '../errors/index.ts';
import { callMetrics } from './metrics.ts';

/** The facts about a call that its log line holds. */
interface CallRecord {
  readonly method: string;
  /** The name of the event source. */
  readonly door: string;
  readonly requestId: string;
  /** The id of the queue's message. */
  readonly messageId: string | undefined;
  /** The number of deliveries of the queue's message. */
  readonly receives: number | undefined;
  /** The ARN of the caller of a write, if API Gateway authorized it by IAM. */
  readonly caller: string | undefined;
  /** The JIDs of a write, by member of the input. They are in the form that is sent, because the line is the audit. */
  readonly jids: Readonly<Record<string, string>> | undefined;
  /** `false` for an unlink if a roster was too large to be read back. */
  readonly verified: false | undefined;
  readonly durationMs: number;
  readonly error: unknown;
}

/**
 * Writes the log line of a call, with its metrics.
 *
 * The line is one object literal, and its metrics are text, because it takes a sixth of what the functions add to a short call.
 */
export function logCall(call: CallRecord): void {
  const { error } = call;
  const line = {
    level: levelOf(error),
    timestamp: new Date().toISOString(),
    method: call.method,
    door: call.door,
    requestId: call.requestId,
    messageId: call.messageId,
    receives: call.receives,
    caller: call.caller,
    jids: call.jids,
    verified: call.verified,
    durationMs: rounded(call.durationMs),
    outcome: outcomeOf(error),
    error: detailsOf(error),
  };
  write(`${JSON.stringify(line).slice(0, -1)},${callMetrics(error, call.door)}}`);
}

/** The members of a log line that depend on its subject. */
interface Subject {
  /** Milliseconds. The line has one decimal place. */
  readonly durationMs: number;
  readonly [name: string]: unknown;
}

/**
 * Writes a JSON line to standard output, which Lambda sends to the log group.
 *
 * The line has the level `WARN` for an error of the caller and `ERROR` for any other. Of an error's cause it has the name
 * and code only.
 *
 * @param subject the other members of the line
 * @param error the error of the call; `undefined` if it succeeded
 * @param metrics members of CloudWatch's embedded metric format
 * @example
 * logLine({ operation: 'rotation', requestId, durationMs: 12.3 }, undefined)
 */
export function logLine({ durationMs, ...subject }: Subject, error: unknown, metrics: object = {}): void {
  const line = {
    level: levelOf(error),
    timestamp: new Date().toISOString(),
    ...subject,
    durationMs: rounded(durationMs),
    outcome: outcomeOf(error),
    error: detailsOf(error),
    ...metrics,
  };
  write(JSON.stringify(line));
}

/** Writes a warning that belongs to no call. */
export function logWarning(message: string): void {
  write(JSON.stringify({ level: 'WARN', timestamp: new Date().toISOString(), message }));
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function levelOf(error: unknown): string {
  if (error === undefined) return 'INFO';
  return error instanceof RostbeefError && error.blame === 'caller' ? 'WARN' : 'ERROR';
}

/** One decimal place. */
function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function outcomeOf(error: unknown): string {
  return error instanceof Error ? error.name : 'ok';
}

function detailsOf(error: unknown): object | undefined {
  return error instanceof RostbeefError ? { message: error.message, cause: causeOf(error) } : undefined;
}

/**
 * Returns the name and code of a cause, and for a defect also its stack frames. It leaves out the message, because that may
 * quote what the caller sent.
 */
function causeOf(error: RostbeefError): unknown {
  const { cause } = error;
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  const frames = error instanceof UnexpectedError ? { frames: framesOf(cause) } : {};
  return { name: cause.name, ...code, ...frames };
}

/** The stack begins with the message, whose lines can look like frames. A message that was changed can't be told from frames. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  return stack
    .slice(start + message.length)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
