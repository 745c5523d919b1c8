/** Runs one command: credentials, the call itself, and what its failure means. */
import type { LimitFunction } from 'p-limit';
import type { CredentialSource } from '../credentials/credentials.ts';
import type { Credentials } from '../credentials/secret.ts';
import {
  ConnectionLostError,
  CredentialsRejectedError,
  EjabberdTimeoutError,
  EjabberdUnreachableError,
  InvalidInputError,
  ItemNotFoundError,
  MalformedResponseError,
  OutcomeUnknownError,
  PermissionDeniedError,
  RostbeefError,
} from '../errors/index.ts';
import { type Endpoint, type InvocationSockets, TransportError } from '../http/index.ts';
import { call, DecodeError, EncodeError } from '../xmlrpc/index.ts';
import { describeFailure } from './describe-failure.ts';
import { type Command, registeredVhosts } from './ejabberd/commands.ts';
import { meaningOf } from './faults.ts';
import { ShapeError } from './answer-shape.ts';

/** One server, as it lives in a container: its connections and its credentials. */
export interface Server {
  readonly endpoint: Endpoint;
  /** None where calls go out without credentials. */
  readonly credentials: CredentialSource | undefined;
  /** Runs the commands whose answers are large, so many at a time as fit the function's memory. */
  readonly limitLarge: LimitFunction;
}

/** What lasts as long as one invocation. */
export interface Invocation {
  readonly signal: AbortSignal;
  readonly sockets: InvocationSockets;
}

/** How one run differs from the invocation's ordinary ones. */
export interface RunOptions {
  /** A nearer deadline. */
  readonly signal?: AbortSignal;
  /** On a connection that carried nothing before. */
  readonly fresh?: boolean;
  /** Never a second time, whatever becomes of the connection. */
  readonly once?: boolean;
}

/**
 * Runs a command.
 *
 * @returns what the command's reader makes of the answer
 * @throws RostbeefError, and nothing else but a defect
 */
export type Run = <T>(command: Command<T>, options?: RunOptions) => Promise<T>;

/** What came of one call: what was read, or why it was not run. */
type Attempt<T> = { readonly done: T } | { readonly refused: 'credentials' | 'permission' };

/** Binds {@link Run} to a server for one invocation. */
export function commandRunner(server: Server, invocation: Invocation): Run {
  const attempt = async <T>(
    command: Command<T>,
    credentials: Credentials | undefined,
    options: RunOptions,
  ): Promise<Attempt<T>> => {
    const params = credentials === undefined ? [command.args] : [{ ...credentials }, command.args];
    const { name: method, idempotent } = command;
    const { sockets } = invocation;
    const { fresh, once, signal = invocation.signal } = options;
    const exchange = async (): Promise<Attempt<T>> => {
      const answer = await call(server.endpoint, { method, params, idempotent, sockets, signal, fresh, once });
      const meaning = answer.kind === 'result' ? undefined : meaningOf(answer);
      if (meaning === 'credentials') return { refused: meaning };
      if (credentials !== undefined) server.credentials?.accepted(credentials);
      if (answer.kind === 'result') return { done: command.read(answer.value) };
      const read = command.readFault?.(answer);
      if (read !== undefined) return { done: read };
      if (meaning instanceof RostbeefError) throw meaning;
      return { refused: 'permission' };
    };
    return command.large ? server.limitLarge(exchange) : exchange();
  };

  const attemptAuthorized = async <T>(command: Command<T>, options: RunOptions): Promise<Attempt<T>> => {
    const signal = options.signal ?? invocation.signal;
    const credentials = await server.credentials?.current(signal);
    const first = await attempt(command, credentials, options);
    if (!('refused' in first) || first.refused !== 'credentials' || credentials === undefined) return first;
    const renewed = await server.credentials?.renew(credentials, signal);
    return renewed === undefined ? first : await attempt(command, renewed, options);
  };

  /** Since release 26.07 an unknown vhost is answered as a missing permission. */
  const unknownVhost = async ({ host }: Command<unknown>, options: RunOptions): Promise<string | undefined> => {
    if (host === undefined) return undefined;
    const vhosts = await attemptAuthorized(registeredVhosts(), options).catch(() => undefined);
    return vhosts !== undefined && 'done' in vhosts && !vhosts.done.includes(host) ? host : undefined;
  };

  return async (command, options = {}) => {
    try {
      const outcome = await attemptAuthorized(command, options);
      if ('done' in outcome) return outcome.done;
      if (outcome.refused === 'credentials') throw new CredentialsRejectedError();
      const vhost = await unknownVhost(command, options);
      if (vhost !== undefined) throw new ItemNotFoundError({ detail: `ejabberd has no vhost ${vhost}` });
      throw new PermissionDeniedError({ detail: permissionAdvice(command.name) });
    } catch (error) {
      throw error instanceof RostbeefError ? error : errorOfCall(error, command, server.endpoint.url);
    }
  };
}

/**
 * Whether a failed command may have run.
 *
 * @param error what {@link Run} threw
 */
export function mayHaveRun(error: unknown): boolean {
  const cause = error instanceof RostbeefError ? error.cause : error;
  if (cause instanceof TransportError) return cause.sent;
  return cause instanceof DecodeError || cause instanceof ShapeError;
}

/**
 * Whether an answer was larger than the functions read.
 *
 * @param error what {@link Run} threw
 */
export function isOversized(error: unknown): boolean {
  return error instanceof RostbeefError && error.cause instanceof TransportError && error.cause.kind === 'oversized';
}

function errorOfCall(cause: unknown, { name, idempotent }: Command<unknown>, url: URL): unknown {
  if (cause instanceof EncodeError) {
    return new InvalidInputError({ detail: 'the input holds a character that XML can not carry', cause });
  }
  if (!hasSafeMessage(cause)) return cause;
  const details = { detail: describeFailure(cause, name, url), cause };
  if (!idempotent && mayHaveRun(cause)) return new OutcomeUnknownError(details);
  if (!(cause instanceof TransportError)) return new MalformedResponseError(details);
  switch (cause.kind) {
    case 'unreachable':
      return new EjabberdUnreachableError(details);
    case 'timeout':
      return new EjabberdTimeoutError(details);
    case 'lost':
      return new ConnectionLostError(details);
    default:
      return new MalformedResponseError(details);
  }
}

/** Whether a message is of constant words, numbers and error codes. */
function hasSafeMessage(cause: unknown): cause is TransportError | DecodeError | ShapeError {
  return cause instanceof TransportError || cause instanceof DecodeError || cause instanceof ShapeError;
}

function permissionAdvice(command: string): string {
  return (
    `allow ${command} to the account in ejabberd.yml, under api_permissions with "from: ejabberd_xmlrpc"; ` +
    'releases after 2026-07 also want it in the access rule "configure" of the vhost'
  );
}
