/** Waits for the response to a request, and classifies failures. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type Deadline, GIVEN_UP } from '../shared/deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { StaleConnectionError, TransportError, type TransportFailure } from './errors.ts';
import { unguard } from './pool.ts';
import { BodyTooLargeError, problemOf, readBody } from './response.ts';

/** The time limit for a connection, including name lookup and TLS. */
const CONNECT_MS = 4_000;

/** The most interim responses, such as 100 Continue. */
const MAX_INTERIM_RESPONSES = 10;

/**
 * Waits for the body of a response with status 200. On a failure, the connection is closed.
 *
 * @param deadline ends the wait
 * @throws StaleConnectionError if a reused connection failed before the first byte of the response
 * @throws TransportError if the request failed in any other way
 */
export function answerTo(request: ClientRequest, endpoint: Endpoint, deadline: Deadline): Promise<Buffer> {
  const { isTls, maxResponseBytes, resumption } = endpoint;
  return new Promise((resolve, reject) => {
    let isSettled = false;
    let isSent = false;
    let isUntouched = true;
    let response: IncomingMessage | undefined;

    const settle = (act: () => void) => {
      if (isSettled) return;
      isSettled = true;
      deadline.offEnd(onDeadline);
      act();
    };
    const fail = (kind: TransportFailure, message: string, code?: string, status?: number) =>
      settle(() => {
        const isStale = (kind === 'lost' || kind === 'timeout') && request.reusedSocket && isUntouched;
        const isNews = isStale && deadline.reason !== GIVEN_UP;
        reject(new (isNews ? StaleConnectionError : TransportError)(kind, isSent, message, code, status));
        request.destroy();
      });
    const onDeadline = () =>
      fail('timeout', deadline.reason === GIVEN_UP ? 'the call was given up' : 'the deadline passed');
    const onBroken = (error?: NodeJS.ErrnoException) => {
      // Events after a whole response do not change it. Node.js closes the connection if bytes follow.
      if (response?.complete) return;
      if (error?.code?.startsWith('HPE_')) fail('malformed', 'not an HTTP response', error.code);
      else if (isSent) fail('lost', 'the connection broke', error?.code);
      else fail('unreachable', 'no connection', error?.code);
    };
    const onConnecting = (socket: Socket) => {
      const onTimeout = () => fail('unreachable', 'no connection within 4 seconds', 'ETIMEDOUT');
      const timer = setTimeout(onTimeout, CONNECT_MS);
      request.once('close', () => clearTimeout(timer));
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        isSent = true;
      });
      socket.on('session', (session: Buffer) => {
        resumption.session = session;
      });
    };

    deadline.onEnd(onDeadline);
    request.on('error', onBroken);
    request.on('close', () => onBroken());
    request.on('socket', (socket) => {
      unguard(socket);
      socket.prependOnceListener('data', () => {
        isUntouched = false;
      });
      if (request.reusedSocket) isSent = true;
      else onConnecting(socket);
    });
    let interim = 0;
    request.on('information', () => {
      interim += 1;
      if (interim > MAX_INTERIM_RESPONSES) fail('malformed', 'too many interim responses');
    });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail('malformed', 'the server switches protocols');
    });
    request.on('response', (incoming) => {
      response = incoming;
      const { statusCode } = incoming;
      const problem = problemOf(incoming);
      if (problem !== undefined) {
        return fail('malformed', problem, undefined, statusCode === 200 ? undefined : statusCode);
      }
      const succeed = async (body: Buffer) => {
        // TLS reports late that the request is written. A connection that is still writing can't be used again.
        for (let waits = 0; waits < 3 && !request.writableFinished; waits += 1) await setImmediate();
        if (!request.writableFinished) request.destroy();
        settle(() => resolve(body));
      };
      readBody(incoming, maxResponseBytes).then(succeed, (error) =>
        error instanceof BodyTooLargeError
          ? fail('oversized', error.message)
          : fail('lost', 'the connection broke', error.code),
      );
    });
  });
}
