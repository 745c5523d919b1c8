import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClassicOptions, startClassicServer } from '../../infra/local/embedded/classic/server.ts';
import { type Generation, PROFILES } from '../support/classic/generations.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(stops.splice(0).map((stop) => stop())));

async function start(generation: Generation = 'mod_rostbeef 1.0.2', options: Partial<ClassicOptions> = {}) {
  const server = await startClassicServer({
    patienceMs: 5_000,
    ...options,
    profile: PROFILES[generation],
    hosts: ['xmpp.test'],
  });
  stops.push(() => server.stop());
  return server;
}

/** Everything that comes back for these pieces, each sent after a pause. */
async function exchange(url: string, pieces: readonly (string | Buffer)[], pauseMs = 0): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await sleep(pauseMs);
    socket.write(piece);
  }
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

const callOf = (method: string, members: Record<string, string>, declaration = '<?xml version="1.0"?>') => {
  const struct = Object.entries(members).map(
    ([name, text]) => `<member><name>${name}</name><value>${text}</value></member>`,
  );
  return `${declaration}<methodCall><methodName>${method}</methodName><params><param><value><struct>${struct.join('')}</struct></value></param></params></methodCall>`;
};
const body = callOf('get_resources', { user: 'alice', server: 'xmpp.test' });
const proper = {
  'User-Agent': 'test',
  'Content-Type': 'text/xml',
  'Content-Length': String(body.length),
} as const;

function request(headers: Readonly<Record<string, string>>, content: string | Buffer = body, line = 'POST / HTTP/1.1') {
  const head = [line, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.from(content)]);
}
const sized = (content: string) =>
  request({ ...proper, 'Content-Length': String(Buffer.byteLength(content)) }, content);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
const { 'User-Agent': _agent, ...withoutAgent } = proper;
const { 'Content-Type': _type, ...withoutType } = proper;
const { 'Content-Length': _length, ...withoutLength } = proper;

describe('a classic server', () => {
  it('answers, closes and says so, even if it was asked to stay', async () => {
    const { url } = await start();
    const answer = await exchange(url, [request({ ...proper, Connection: 'keep-alive' })]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n\r\n<\?xml version="1\.0"\?>/);
    expect(answer).toMatch(/<value><array><data><\/data><\/array><\/value>/);
  });

  it.each([
    ['no Content-Length', 411, request(withoutLength)],
    ['a lower-case content-length', 411, request({ ...withoutLength, 'content-length': proper['Content-Length'] })],
    [
      'two spaces before the length',
      411,
      request({ ...withoutLength, 'Content-Length': ` ${proper['Content-Length']}` }),
    ],
    ['Content-length', 200, request({ ...withoutLength, 'Content-length': proper['Content-Length'] })],
    ['no User-Agent', 400, request(withoutAgent)],
    ['a lower-case user-agent', 400, request({ ...withoutAgent, 'user-agent': 'test' })],
    ['no Content-Type', 400, request(withoutType)],
    ['a lower-case content-type', 400, request({ ...withoutType, 'content-type': 'text/xml' })],
    ['another content type', 415, request({ ...proper, 'Content-Type': 'application/xml' })],
    ['a charset', 415, request({ ...proper, 'Content-Type': 'text/xml; charset=utf-8' })],
    ['GET', 501, request(proper, body, 'GET / HTTP/1.1')],
    ['HTTP/2.0', 505, request(proper, body, 'POST / HTTP/2.0')],
    ['any path', 200, request(proper, body, 'POST /some/path HTTP/1.1')],
    ['another document', 400, sized('<html/>')],
    ['nil', 400, sized(body.replace('<value>alice</value>', '<value><nil/></value>'))],
    ['a missing member', 500, sized(callOf('get_resources', { user: 'alice' }))],
    ['a member too many', 200, sized(callOf('get_resources', { user: 'alice', server: 'xmpp.test', more: 'x' }))],
  ])('to %s says %i', async (_, status, bytes) => {
    const { url } = await start();
    expect(statusOf(await exchange(url, [bytes]))).toBe(status);
  });

  it('closes without an answer if the XML is not well-formed', async () => {
    const { url } = await start();
    expect(await exchange(url, [sized('<methodCall>')])).toBe('');
  });

  it('waits for 50 ms, and no longer, for the rest of a request', async () => {
    const { url } = await start('mod_rostbeef 1.0.2', { patienceMs: 50 });
    const bytes = request(proper);
    const end = bytes.indexOf('\r\n\r\n') + 4;
    expect(await exchange(url, [bytes.subarray(0, 10), bytes.subarray(10)], 400)).toBe('');
    expect(await exchange(url, [bytes.subarray(0, end), bytes.subarray(end)], 400)).toBe('');
    expect(await exchange(url, [])).toBe('');
  });

  it('accepts no connection for a while once it has 11 connections', async () => {
    const { url } = await start('mod_rostbeef 1.0.2', { stallMs: 400, patienceMs: 2_000 });
    const address = { port: Number(new URL(url).port), host: '127.0.0.1' };
    const idle = Array.from({ length: 11 }, () => connect(address));
    await Promise.all(idle.map((socket) => once(socket, 'connect')));
    const started = performance.now();
    expect(statusOf(await exchange(url, [request(proper)]))).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(200);
    for (const socket of idle) socket.destroy();
  });

  it.each([
    ['ISO-8859-1 over the bytes of UTF-8', 'encoding="ISO-8859-1"', 'é€😀', 'é€😀'],
    ['character references to those bytes', '', '&#195;&#169;', 'é'],
  ])('keeps what comes as %s', async (_, encoding, status, text) => {
    const { url, state } = await start();
    for (const user of ['a', 'b']) state.passwords.set(`${user}@xmpp.test`, '');
    const link = { jid1: 'a@xmpp.test', nick1: status, jid2: 'b@xmpp.test', nick2: 'B' };
    await exchange(url, [sized(callOf('link_contacts', link, `<?xml version="1.0" ${encoding}?>`))]);
    const answer = await exchange(url, [sized(callOf('get_roster', { user: 'b', server: 'xmpp.test' }))]);
    expect(answer).toContain(`<value>${Buffer.from(text).toString('latin1')}</value>`);
  });

  it('breaks what comes as UTF-8', async () => {
    const { url } = await start();
    const call = callOf('get_presence', { user: '€', server: 'xmpp.test' }, '<?xml version="1.0" encoding="UTF-8"?>');
    const answer = await exchange(url, [sized(call)]);
    expect(statusOf(answer)).toBe(500);
    expect(answer).not.toContain('Connection');
  });

  it('of ProcessOne answers -100 to members that it does not know, or misses, and takes a charset', async () => {
    const { url } = await start('mod_xmlrpc 2012');
    const wrong: Record<string, string>[] = [{ user: 'alice' }, { user: 'alice', server: 'xmpp.test', more: 'x' }];
    for (const members of wrong) {
      expect(await exchange(url, [sized(callOf('get_resources', members))])).toContain('<int>-100</int>');
    }
    const withCharset = request({ ...proper, 'Content-Type': 'text/xml; charset=utf-8' });
    expect(await exchange(url, [withCharset])).toContain('<int>404</int>');
  });

  it('echoes the arguments of a call that it does not know', async () => {
    const { url } = await start();
    const answer = await exchange(url, [sized(callOf('no_such', { nick: 'canary' }))]);
    expect(answer).toMatch(/<name>faultCode<\/name><value><int>-1<\/int>.*canary/);
  });
});
