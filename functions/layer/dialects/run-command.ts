/** Runs a command: adds the credentials, calls the server, and turns a failure into an error. */

import type { LimitFunction } from 'p-limit';
import type { CredentialSource } from '../credentials/credentials.ts';
import type { Credentials } from '../credentials/secret.ts';
import { CredentialsRejectedError, ItemNotFoundError, PermissionDeniedError, RostbeefError } from '../errors/index.ts';
import type { Endpoint, InvocationSockets } from '../http/index.ts';
import type { Deadline } from '../shared/deadline.ts';
import { readOnce } from '../shared/lazy.ts';
import { call } from '../xmlrpc/index.ts';
import type { Command } from './command.ts';
import { errorOfCall } from './command-errors.ts';
import { meaningOf } from './faults.ts';

/** One server: its connections and its credentials. */
export interface Server {
  readonly endpoint: Endpoint;
  /** `undefined` if calls go out without credentials. */
  readonly credentials: CredentialSource | undefined;
  /** Limits how many commands with large responses run at a time, because they share the function's memory. */
  readonly limitLarge: LimitFunction;
}

/** The deadline and the connections of one invocation. */
export interface Invocation {
  readonly deadline: Deadline;
  readonly sockets: InvocationSockets;
}

/** The options of one run. */
export interface RunOptions {
  /** A deadline that is earlier than the invocation's. */
  readonly deadline?: Deadline;
  /** Whether to use a new connection. */
  readonly fresh?: boolean;
  /** Whether to send the request only once, even if the connection dies. */
  readonly once?: boolean;
}

/**
 * Runs a command.
 *
 * @param command the command
 * @param options the deadline and the connection, if they differ from those of the invocation
 * @returns the result that the command reads from the response
 * @throws RostbeefError if the command fails. Anything else that is thrown is a defect
 * @example
 * const run = commandRunner(server, { deadline, sockets });
 * await run(registeredVhosts()); // ['example.com']
 */
export type Run = <T>(command: Command<T>, options?: RunOptions) => Promise<T>;

/** The outcome of one call: its result, or the reason why the command did not run. */
type Attempt<T> = { readonly done: T } | { readonly refused: 'credentials' | 'permission' };

/**
 * Binds {@link Run} to a server for one invocation.
 *
 * @param vhosts the command that lists the server's vhosts. It tells an unknown vhost from a missing permission, because
 *   ejabberd answers both alike since release 26.07
 */
export function commandRunner(server: Server, invocation: Invocation, vhosts?: Command<readonly string[]>): Run {
  const attempt = async <T>(
    command: Command<T>,
    credentials: Credentials | undefined,
    options: RunOptions,
  ): Promise<Attempt<T>> => {
    const params = credentials === undefined ? [command.args] : [{ ...credentials }, command.args];
    const { name: method, idempotent } = command;
    const { sockets } = invocation;
    const { fresh, once, deadline = invocation.deadline } = options;
    const exchange = async (): Promise<Attempt<T>> => {
      const answer = await call(server.endpoint, { method, params }, { idempotent, sockets, deadline, fresh, once });
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
    const deadline = options.deadline ?? invocation.deadline;
    const credentials = await server.credentials?.current(deadline);
    const first = await attempt(command, credentials, options);
    if (!('refused' in first) || first.refused !== 'credentials' || credentials === undefined) return first;
    const renewed = await server.credentials?.renew(credentials, deadline);
    return renewed === undefined ? first : await attempt(command, renewed, options);
  };

  const run: Run = async (command, options = {}) => {
    try {
      const outcome = await attemptAuthorized(command, options);
      if ('done' in outcome) return outcome.done;
      if (outcome.refused === 'credentials') throw new CredentialsRejectedError();
      throw await refusalOf(command, options);
    } catch (error) {
      throw error instanceof RostbeefError ? error : errorOfCall(error, command, server.endpoint.url);
    }
  };

  const listVhosts = readOnce((list: Command<readonly string[]>, options: RunOptions) => run(list, options));

  /** Returns the error of a refused command. 26.07 answers an unknown vhost as a missing permission. */
  const refusalOf = async ({ name, host }: Command<unknown>, options: RunOptions): Promise<RostbeefError> => {
    if (host === undefined || vhosts === undefined) {
      return new PermissionDeniedError({ detail: permissionAdvice(name) });
    }
    const listed = await listVhosts(vhosts, options).catch(() => undefined);
    if (listed === undefined) return new PermissionDeniedError({ detail: permissionAdvice(name, vhosts.name) });
    return listed.includes(host)
      ? new PermissionDeniedError({ detail: permissionAdvice(name) })
      : new ItemNotFoundError({ detail: `ejabberd has no vhost ${host}` });
  };

  return run;
}

/** @param list the command that lists the vhosts, if it is refused too */
function permissionAdvice(command: string, list?: string): string {
  return (
    `allow ${command} to the account in ejabberd.yml, under api_permissions with "from: ejabberd_xmlrpc"; ` +
    'releases after 2026-07 also require the account in the access rule "configure" of the vhost' +
    (list === undefined
      ? ''
      : `, and refuse an unknown vhost with the same error: allow ${list} too, so that the error is exact`)
  );
}
