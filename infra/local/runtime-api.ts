import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody } from './body.ts';
import { listen } from './listen.ts';

/** An error in the form of the Lambda Invoke API. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** An event for a function, and the values of the handler’s context. */
export interface Invocation {
  readonly requestId: string;
  readonly event: Buffer;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceId: string;
  readonly clientContext?: string | undefined;
}

/** The requests of a runtime, in the order in which they occur. */
export interface RuntimeListener {
  /** The runtime is initialised and idle. `deliver` sends its next invocation. */
  next(deliver: (invocation: Invocation) => void): void;
  response(requestId: string, body: Buffer): void;
  error(requestId: string, error: FunctionError): void;
  initError(error: FunctionError): void;
}

/** A listening Runtime API. */
export interface RuntimeApi {
  /** The value of `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Each request requires the header `authorization: Bearer <token>`. */
  readonly token: string;
  stop(): void;
}

const version = '/2018-06-01/runtime';

/** The most bytes of a synchronous response. The Lambda quotas say "6 MB". This number was observed. */
const maxResponseBytes = 6_291_556;

/**
 * Serves the Lambda Runtime API (2018-06-01) to one runtime on a free loopback port. Every local user and every web page can
 * reach the port, so each request requires the token of this runtime.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(listener: RuntimeListener): Promise<RuntimeApi> {
  const token = randomBytes(32).toString('base64url');
  // A runtime waits for its next invocation without a limit, so node:http must not close its connection.
  const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 }, (request, response) => {
    if (!holdsToken(request, token)) return refuse(response);
    serve(listener, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  const port = await listen(server, 0, '127.0.0.1');
  return {
    address: `127.0.0.1:${port}`,
    token,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function holdsToken({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Closes the connection, because the body was not read. */
function refuse(response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify({ errorType: 'Forbidden', errorMessage: 'The token of the runtime is required.' }));
}

async function serve(listener: RuntimeListener, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'GET' && path === `${version}/invocation/next`) {
    listener.next((invocation) => sendInvocation(response, invocation));
    return;
  }
  const body = await readBody(request);
  const [, requestId = '', outcome] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
  const tooLarge = outcome === 'response' && body.length > maxResponseBytes;
  response.writeHead(tooLarge ? 413 : 202, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: tooLarge ? 'RequestEntityTooLarge' : 'OK' }));
  if (tooLarge) listener.error(requestId, responseTooLarge(body.length));
  else if (outcome === 'response') listener.response(requestId, body);
  else if (outcome === 'error') listener.error(requestId, functionError(body));
  else if (path === `${version}/init/error`) listener.initError(functionError(body));
}

function sendInvocation(response: ServerResponse, invocation: Invocation): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': invocation.event.length,
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': String(invocation.deadline),
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': invocation.traceId,
    ...(invocation.clientContext && { 'lambda-runtime-client-context': invocation.clientContext }),
  });
  response.end(invocation.event);
}

function responseTooLarge(size: number): FunctionError {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
  };
}

function functionError(body: Buffer): FunctionError {
  const { errorType = 'Error', errorMessage = '', trace }: Partial<FunctionError> = JSON.parse(body.toString());
  return { errorType, errorMessage, ...(trace && { trace }) };
}
