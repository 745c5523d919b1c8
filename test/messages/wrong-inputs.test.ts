import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { RostbeefError } from 'rostbeef-layer';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { listen } from '../../infra/local/listen.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';
import { readThrown } from '../support/thrown-error.ts';
import { type Setup, WRONG_EVENTS, WRONG_INPUTS, WRONG_REQUESTS, type WrongInput } from './wrong-inputs.ts';

const file = resolve(import.meta.dirname, 'wrong-inputs.md');

let server: EmbeddedServer;
let closedPort: number;
let handlers: Readonly<Record<Setup, Handlers>>;
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: ['example.com'] });
  for (const user of ['alice', 'bob']) server.state.passwords.set(`${user}@example.com`, '');
  const closed = createServer();
  closedPort = await listen(closed, 0, '127.0.0.1');
  await new Promise((done) => closed.close(done));
  const { url } = server;
  handlers = {
    restricted: openHandlers({
      EJABBERD_URL: url,
      EJABBERD_SERVERS: 'example.com',
      EJABBERD_SENDERS: 'alice@example.com',
    }),
    unreachable: openHandlers({ EJABBERD_URL: `http://127.0.0.1:${closedPort}/` }),
    // The last one gets the log.
    usual: openHandlers({ EJABBERD_URL: url }),
  };
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

/** The response to a caller by HTTP. */
interface Seen {
  readonly status: number;
  readonly name: string;
  readonly detail: string;
  readonly issues?: unknown;
  readonly sides?: unknown;
}

const request = { httpMethod: 'POST', headers: { 'Content-Type': 'application/json' }, requestContext: {} };

async function byHttp(
  { method, setup = 'usual' }: Pick<WrongInput, 'method' | 'setup'>,
  changes: object,
): Promise<Seen> {
  const answer = await handlers[setup].call(method, { ...request, ...changes });
  return JSON.parse((answer as { readonly body: string }).body);
}

async function thrown(event: unknown, { method, setup = 'usual' }: Pick<WrongInput, 'method' | 'setup'>) {
  const error = await handlers[setup].call(method, event);
  if (!(error instanceof RostbeefError)) throw new Error(`${JSON.stringify(event)} was taken`);
  return error;
}

/** A line of Markdown in which nothing is markup; ports differ between runs. */
function code(text: string): string {
  return `\`\`${text.replaceAll(`:${closedPort}`, ':<port>')}\`\``;
}

async function inputSections(): Promise<string[]> {
  const sections: string[] = [];
  for (const [index, wrong] of WRONG_INPUTS.entries()) {
    const { method, input, setup = 'usual', shown } = wrong;
    const seen = await byHttp(wrong, { body: JSON.stringify(input) });
    const error = await thrown(JSON.parse(JSON.stringify(input)), wrong);
    const { words, structure } = readThrown(error.message);
    const { name, detail, issues, sides } = seen;
    // By HTTP and by direct invocation a caller learns the same.
    expect({ name: error.name, words }).toEqual({ name, words: detail });
    const told = { ...(issues !== undefined && { issues }), ...(sides !== undefined && { sides }) };
    expect(structure ?? {}).toEqual(told);
    const title = shown ?? `${method} ${JSON.stringify(input)}`;
    const where = setup === 'usual' ? '' : ` (${setup})`;
    const json = error.message.slice(words.length + 1);
    const lines = [`${code(title)}${where}`, `${seen.status} ${name}: ${code(detail)}`, ...(json ? [code(json)] : [])];
    sections.push(`${index + 1}. ${lines.join('  \n   ')}`);
  }
  return sections;
}

async function requestLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const [wrong, changes] of WRONG_REQUESTS) {
    const method = wrong.includes('Idempotency-Key') ? 'send_stanza' : 'get_presence';
    const input = method === 'send_stanza' ? { from: 'a@example.com', to: 'b@example.com', stanza: '<message/>' } : {};
    const { status, detail } = await byHttp({ method }, { body: JSON.stringify(input), ...changes });
    lines.push(`| ${wrong} | ${status} | ${code(detail)} |`);
  }
  return lines;
}

async function eventLines(): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, event] of WRONG_EVENTS) {
    const { log } = handlers.usual;
    log.length = 0;
    const answer = await handlers.usual.call('get_presence', event);
    if (!(answer instanceof RostbeefError)) expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm' }] });
    const line = JSON.parse(log.at(-1) ?? '{}');
    lines.push(`| ${name} | ${line.outcome} | ${code(line.error.message)} |`);
  }
  return lines;
}

async function page(): Promise<string> {
  return `# Wrong inputs and their messages

A test makes this page and compares it: \`MESSAGES_UPDATE=1 npx vitest run test/messages\` updates it. Read each change of it:
a message must be true, say what is wrong, and say what to do.

The server has the vhost \`example.com\` with the users \`alice\` and \`bob\`. *Restricted*: \`EJABBERD_SERVERS\` is \`example.com\`
and \`EJABBERD_SENDERS\` is \`alice@example.com\`. *Unreachable*: nothing listens at \`EJABBERD_URL\`.

## Inputs, by HTTP and by direct invocation

Each has the input, then status, name and message. Where a line of JSON follows, the message of the error that a direct
invocation throws ends with it.

${(await inputSections()).join('\n')}

## Requests, by HTTP

| request | status | message |
|---|---|---|
${(await requestLines()).join('\n')}

## Events

| event | error | message |
|---|---|---|
${(await eventLines()).join('\n')}
`;
}

it('every wrong input has the message that the reviewed page has, the same through each door', async () => {
  expect(WRONG_INPUTS.length).toBeGreaterThanOrEqual(50);
  const now = await page();
  if (process.env['MESSAGES_UPDATE'] === '1') await writeFile(file, now);
  expect(now).toBe(await readFile(file, 'utf8'));
});

it('the messages are of plain words', async () => {
  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/is due|for want of|is none\b|\bundefined\b(?! entity)|\[object|\bNaN\b/);
});
