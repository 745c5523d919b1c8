import { afterAll, beforeAll, expect, it } from 'vitest';
import { built } from '../support/built.ts';
import { bundleOf } from '../support/bundles.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { FaultProxy, type Interference } from '../support/fault-proxy.ts';
import { okResponse } from '../support/http-message.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import type { XmppServer } from '../support/xmpp-server.ts';

const MEGABYTE = 1024 * 1024;
/** The limit that a function has where none is set. */
const LARGEST = 16 * MEGABYTE;
const DEADLINE_MS = 3_000;

/** The time-out of a deployed function. */
const FUNCTION_MS = 13_000;

/** A function of 512 MB has this much and lives. */
const MOST_MEGABYTES = 450;

let server: XmppServer;
beforeAll(async () => {
  server = await startEmbeddedEjabberd('24.12');
});
afterAll(() => server.stop());

/** One call of a function whose server does this. */
async function callWith(interference: Interference) {
  const proxy = await FaultProxy.start({ target: server.url });
  const environment = { EJABBERD_URL: proxy.url, EJABBERD_TIMEOUT_MS: String(DEADLINE_MS) };
  const sandbox = new ProbedSandbox({ ...bundleOf(built(), 'get_roster'), name: 'get_roster', environment });
  try {
    await proxy.interfere(interference);
    const started = performance.now();
    const invoked = await sandbox.invoke({ user: 'alice', server: server.host });
    const ms = performance.now() - started;
    const { peakKilobytes } = await sandbox.residue();
    return { name: invoked.kind === 'error' ? invoked.errorType : 'ok', ms, megabytes: peakKilobytes / 1024 };
  } finally {
    await sandbox.stop();
    await proxy.stop();
  }
}

const answer = (value: string) => `<methodResponse><params><param>${value}</param></params></methodResponse>`;
const list = (item: string, bytes: number) =>
  answer(`<value><array><data>${item.repeat(bytes / item.length)}</data></array></value>`);
const text = (unit: string, bytes: number) => answer(`<value>${unit.repeat(bytes / unit.length)}</value>`);

/** The content of each body, by name. */
const FULL_OF: Readonly<Record<string, (bytes: number) => string>> = {
  'unknown tags': (bytes) => '<a>'.repeat(bytes / 6) + '</b>'.repeat(bytes / 8),
  'nested values': (bytes) => answer('<value><array><data>'.repeat(bytes / 20)),
  'empty values': (bytes) => list('<value/>', bytes),
  'empty structs': (bytes) => list('<value><struct/></value>', bytes),
  'structs of one member': (bytes) =>
    list('<value><struct><member><name>a</name><value/></member></struct></value>', bytes),
  entities: (bytes) => text('&amp;', bytes),
  'character references': (bytes) => text('&#120;', bytes),
  comments: (bytes) => text('x<!---->', bytes),
  'CDATA sections': (bytes) => text('<![CDATA[x]]>', bytes),
  base64: (bytes) => answer(`<value><base64>${'A A\n'.repeat(bytes / 4)}</base64></value>`),
};

it.each(Object.entries(FULL_OF))('an answer of 140 KB full of %s costs no second', async (_, content) => {
  const { name, ms } = await callWith({ play: ({ socket }) => void socket.write(okResponse(content(140_000))) });
  expect(name).toBe('MalformedResponseError');
  expect(ms).toBeLessThan(1_500);
});

it.each(Object.entries(FULL_OF))(
  'an answer of 16 MiB full of %s fits a function’s memory and time',
  async (_, content) => {
    const { name, ms, megabytes } = await callWith({
      play: ({ socket }) => void socket.write(okResponse(content(LARGEST - 1_000))),
    });
    expect(name).toBe('MalformedResponseError');
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
    // Decoding is one piece, which no deadline ends: here it is held to what a function has on a busy machine.
    expect(ms).toBeLessThan(FUNCTION_MS);
  },
);

it('an answer in chunks of one byte fits a function’s memory and time', { timeout: 30_000 }, async () => {
  const chunks = '1\r\nx\r\n'.repeat(10_000);
  const { name, ms, megabytes } = await callWith({
    play: async ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const feed = () => {
        while (!socket.destroyed && socket.write(chunks));
      };
      socket.on('drain', feed);
      feed();
    },
  });
  expect(['EjabberdTimeoutError', 'MalformedResponseError']).toContain(name);
  expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  expect(ms).toBeLessThan(DEADLINE_MS + 500);
});
