/** Writes one line of JSON for each call. A line has no field for a secret, stanza, nick or fault text. */
import { RostbeefError, UnexpectedError } from '../errors/index.ts';
import { callMetrics } from './metrics.ts';

/** The fields of a call's line. */
export interface CallRecord {
  readonly method: string;
  readonly door: string;
  readonly requestId: string;
  /** The id of an SQS message, and how often SQS has delivered it. */
  readonly messageId?: string;
  readonly receives?: number;
  /** The ARN of the caller of a write, if API Gateway knows it. */
  readonly caller?: string | undefined;
  /** The JIDs of a write by the members of the input, as they are sent. The line is the audit record of the write. */
  readonly jids?: Readonly<Record<string, string>> | undefined;
  /** `false` if an unlink could not read a roster back, because it was too large. */
  readonly verified?: false | undefined;
  readonly durationMs: number;
  readonly error?: unknown;
}

/** Writes a call's line with its metrics. */
export function logCall({ error, ...call }: CallRecord): void {
  logLine(call, error, callMetrics(error, call.door));
}

/** The subject of a line, and its duration in milliseconds. */
interface Subject {
  readonly durationMs: number;
  readonly [name: string]: unknown;
}

/**
 * Writes a line to standard output, which Lambda sends to the log group.
 *
 * @param error the reason for the failure; `undefined` on success
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

/** Writes a warning that belongs to no call. */
export function logWarning(message: string): void {
  write({ level: 'WARN', timestamp: new Date().toISOString(), message });
}

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function levelOf(error: unknown): string {
  return error instanceof RostbeefError && error.blame === 'caller' ? 'WARN' : 'ERROR';
}

/** Returns name and code of a cause, and the stack of a defect. Its message is left out, because it may quote the input. */
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
