/** An API on loopback that answers what a test tells it, and keeps what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../infra/local/listen.ts';

/** One request as it came. */
export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request, given how many came before. */
export type Answer = (response: ServerResponse, count: number, asked: Asked) => void;

/** A listening API. */
export interface StandIn {
  readonly url: string;
  /** Every request, in order. */
  readonly asked: readonly Asked[];
  /** Decides about every request from now on, and forgets those that came. */
  answer(answer: Answer): void;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startStandIn(): Promise<StandIn> {
  const asked: Asked[] = [];
  let current: Answer = json(200, { code: 0 });
  const server = createServer(async (request, response) => {
    const one = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    asked.push(one);
    current(response, asked.length - 1, one);
  });
  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  return {
    url,
    asked,
    answer(answer) {
      asked.length = 0;
      current = answer;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers JSON. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** Answers in the given ways, one after another; the last one again and again. */
export function inTurn(...answers: readonly Answer[]): Answer {
  return (response, count, asked) => answers[Math.min(count, answers.length - 1)]?.(response, count, asked);
}

/** Ends the connection without an answer, after the request was read. */
export const lose: Answer = (response) => response.destroy();

/** Never answers. */
export const hang: Answer = () => undefined;

/** The problem details of an error. */
export function problem(name: string, further: Readonly<Record<string, unknown>> = {}): object {
  return {
    type: `urn:rostbeef:error:${name}`,
    title: name,
    status: 500,
    detail: `detail of ${name}`,
    name,
    ...further,
  };
}
