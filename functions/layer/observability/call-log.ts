/** One line of JSON a call, for CloudWatch. Holds no secret, stanza, nick or fault text: there is no place for them. */
import { RostbeefError, UnexpectedError } from '../errors/index.ts';
import { callMetrics } from './metrics.ts';

/** What a line tells of a call. */
export interface CallRecord {
  readonly method: string;
  readonly door: string;
  readonly requestId: string;
  /** Of a record of a queue: its id, and how often it was delivered. */
  readonly messageId?: string;
  readonly receives?: number;
  /** Of a write: the ARN of who called, where the door knows it. */
  readonly caller?: string | undefined;
  /** Of a write: the JIDs that it is about, by the input's members, as they are sent. A write is audited by its line. */
  readonly jids?: Readonly<Record<string, string>> | undefined;
  /** Of an unlink: `false` if a roster was too large to be read back. */
  readonly verified?: false | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** Writes a call's line, and its metrics with it. */
export function logCall({ error, ...call }: CallRecord): void {
  logLine(call, error, callMetrics(error, call.door));
}

/** What a line is about, and how long that took. */
interface Subject {
  readonly durationMs: number;
  readonly [name: string]: unknown;
}

/**
 * Writes a line to standard output, which Lambda sends to the log group.
 *
 * @param error why it failed; `undefined` where it did not
 */
export function logLine({ durationMs, ...subject }: Subject, error: unknown, metrics: object = {}): void {
  const line = {
    level: error === undefined ? 'INFO' : levelOf(error),
    timestamp: new Date().toISOString(),
    ...subject,
    durationMs: Math.round(durationMs * 10) / 10,
    outcome: error instanceof Error ? error.name : 'ok',
    ...(error instanceof RostbeefError && { error: { message: error.message, cause: causeOf(error) } }),
    ...metrics,
  };
  write(line);
}

/** Writes a line that belongs to no call. */
export function logWarning(message: string): void {
  write({ level: 'WARN', timestamp: new Date().toISOString(), message });
}

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function levelOf(error: unknown): string {
  return error instanceof RostbeefError && error.blame === 'caller' ? 'WARN' : 'ERROR';
}

/** A cause by its name and code; of a defect, also where it happened. The message may quote what the caller sent. */
function causeOf(error: RostbeefError): unknown {
  const { cause } = error;
  if (!(cause instanceof Error)) return undefined;
  const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
  const frames = error instanceof UnexpectedError ? { frames: framesOf(cause) } : {};
  return { name: cause.name, ...code, ...frames };
}

function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
