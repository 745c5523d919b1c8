/** The subjects to compare: a function's handler, and a bare client that sends bytes made before. */
import { openSync, writeSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Context } from 'aws-lambda';
import serializer from 'xmlrpc/lib/serializer.js';
import { catalogue } from '../../functions/layer/methods/catalogue.ts';
import type { MethodName } from '../../functions/layer/methods/define-method.ts';
import { createHandler } from '../../functions/layer/runtime/create-handler.ts';
import type { Encodable } from '../../functions/layer/xmlrpc/encode.ts';

/** Settings of the functions under test, as environment variables. */
export type Settings = Readonly<Record<string, string>>;

/** The members of Lambda's context that the handler reads. */
const CONTEXT = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 60_000 } as unknown as Context;

/**
 * A function's handler as its bundle exports it, with a container of its own that is open already.
 *
 * @param event the first call's
 */
export async function warmHandler(method: MethodName, settings: Settings, event: unknown) {
  const found = catalogue.find(({ name }) => name === method);
  if (found === undefined) throw new Error(`no method ${method}`);
  const handler = createHandler(found);
  Object.assign(process.env, settings);
  await handler(event, CONTEXT);
  for (const name of Object.keys(settings)) delete process.env[name];
  return (next: unknown): Promise<unknown> => handler(next, CONTEXT);
}

/** Runs something while log lines go where they cost the same and are not seen. */
export async function withQuietLog<T>(run: () => Promise<T>): Promise<T> {
  const sink = openSync('/dev/null', 'w');
  const { write } = process.stdout;
  process.stdout.write = (line: string | Uint8Array) => writeSync(sink, String(line)) > 0;
  try {
    return await run();
  } finally {
    process.stdout.write = write;
  }
}

/**
 * A client without a codec: posts bytes over kept connections, and reads the answer's. Its connection policy is that of the
 * functions: a turn of the event loop passes before a connection is used again.
 */
export function bareClient(url: URL, ca?: string, maxSockets = 10) {
  const secure = url.protocol === 'https:';
  const { request: send } = secure ? https : http;
  const target = { ...urlToHttpOptions(url), method: 'POST' };
  const agent = secure
    ? new https.Agent({ keepAlive: true, maxSockets, ca })
    : new http.Agent({ keepAlive: true, maxSockets });
  const wholeTurn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  const post = async (body: Buffer): Promise<Buffer> => {
    if (Object.keys(agent.freeSockets).length > 0) await wholeTurn();
    return new Promise((resolve, reject) => {
      const request = send({
        ...target,
        agent,
        headers: { 'Content-Type': 'text/xml', 'Content-Length': body.length },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(chunks)));
      });
      request.end(body);
    });
  };
  return { post, close: () => agent.destroy() };
}

/** The bytes of a call with these credentials, by the package `xmlrpc`; no string here needs care. */
export function callBytes(
  account: Readonly<Record<'user' | 'server' | 'password', string>>,
  name: string,
  args: Encodable,
): Buffer {
  const { user, server, password } = account;
  return Buffer.from(serializer.serializeMethodCall(name, [{ user, server, password }, args]));
}
