/** Writes what happens as lines for a person at a terminal. */
import { styleText } from 'node:util';
import { isObject } from 'rostbeef-layer';
import type { Reply } from './reply.ts';

/** A call that the gateway answered. */
export interface Answered {
  /** The method that was called, or the HTTP method and path of a request that the gateway refused. */
  readonly subject: string;
  readonly reply: Reply;
  readonly durationMs: number;
  /** As in the header `x-amzn-requestid`, and in the function’s log lines. */
  readonly requestId: string;
}

/** The JSON at the end of a thrown message, for programs. */
const DETAILS = / \{".*\}$/s;

/** The line in which the runtime reports an error that a function threw, with its stack. */
const THROWN = /\tERROR\tInvoke Error/;

/** The longest name of a method. */
const SUBJECT_WIDTH = 'get_roster_with_presence'.length;

/**
 * Returns the line of a call: status, milliseconds, method, request id, and the name and message of an error. The status is
 * `err` if a function that was invoked directly threw an error.
 *
 * @example
 * answeredLine(answered) // '404      8 ms  get_presence  6f1c…  ItemNotFoundError: No such user: bob@example.com'
 */
export function answeredLine({ subject, reply, durationMs, requestId }: Answered): string {
  const status = isThrown(reply) ? 'err' : reply.status;
  return line({ status, durationMs, subject, id: requestId, error: errorIn(reply) });
}

/**
 * Returns the line for a function’s log line, if it is not in an {@link answeredLine}: a message of a batch, a warning, or
 * text such as the last words of a process that crashes.
 *
 * @param functionName the name of the method
 * @param logged a line of JSON, or any other text
 * @returns `undefined` if the line is not printed
 */
export function loggedLine(functionName: string, logged: string): string | undefined {
  const members = parsed(logged);
  if (members === undefined && !THROWN.test(logged)) return `${functionName}: ${safe(logged)}`;
  if (!isObject(members)) return undefined;
  const { level, message, messageId, outcome, durationMs, error } = members;
  if (level === 'WARN' && typeof message === 'string') return `Warning of ${functionName}: ${safe(message)}`;
  if (typeof messageId !== 'string' || typeof outcome !== 'string') return undefined;
  const failure = outcome === 'ok' ? undefined : errorText(outcome, isObject(error) ? error['message'] : undefined);
  return line({
    status: outcome === 'ok' ? 'ok' : 'err',
    durationMs: Number(durationMs),
    subject: functionName,
    id: `message ${safe(messageId)}`,
    error: failure,
  });
}

interface Line {
  readonly status: number | 'ok' | 'err';
  readonly durationMs: number;
  readonly subject: string;
  readonly id: string;
  readonly error: string | undefined;
}

function line({ status, durationMs, subject, id, error }: Line): string {
  const isServers = typeof status === 'number' && status >= 500;
  const look = error === undefined ? 'green' : isServers ? 'red' : 'yellow';
  return [
    styleText(look, String(status).padEnd(3), { stream: process.stderr }),
    `${Math.round(durationMs)} ms`.padStart(9),
    safe(subject).padEnd(SUBJECT_WIDTH),
    id,
    ...(error === undefined ? [] : [error]),
  ].join('  ');
}

/** Reads the error of a problem, of a function that threw, or of the Invoke API. */
function errorIn(reply: Reply): string | undefined {
  const { status, headers, body } = reply;
  if (status < 400 && !isThrown(reply)) return undefined;
  const members = parsed(body.toString());
  if (!isObject(members)) return errorText(String(status), undefined);
  const { name, title, detail, errorType, errorMessage, Message } = members;
  const type = headers['x-amzn-errortype'];
  return errorText(String(name ?? errorType ?? type ?? title ?? status), detail ?? errorMessage ?? Message);
}

/** Whether a function that was invoked directly threw an error. Lambda’s status is 200 then. */
function isThrown({ headers }: Reply): boolean {
  return headers['x-amz-function-error'] !== undefined;
}

function errorText(name: string, message: unknown): string {
  return safe(typeof message === 'string' ? `${name}: ${message.replace(DETAILS, '')}` : name);
}

/** Writes control characters as escapes, because an error may quote what the caller sent. */
function safe(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
