import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type EmbeddedServer, startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { type Handlers, openHandlers } from '../support/in-process.ts';

const page = await readFile(resolve(import.meta.dirname, '../../docs/stanzas.md'), 'utf8');
const [, table = ''] = /<!-- stanzas:[^>]*-->\n(.*)\n<!-- \/stanzas -->/s.exec(page) ?? [];
const rows = table
  .split('\n')
  .slice(2)
  .map((row) => row.slice(2, -2).split(' | '));

let server: EmbeddedServer;
let handlers: Handlers;
let delivered: string[] = [];
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: ['example.com'] });
  for (const user of ['alice', 'bob']) server.state.passwords.set(`${user}@example.com`, '');
  server.state.sessions.add({
    local: 'bob',
    host: 'example.com',
    resource: 'phone',
    connectedAt: 0,
    presence: undefined,
    deliver: (stanza) => void delivered.push(stanza.name),
  });
  handlers = openHandlers({ EJABBERD_URL: server.url });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

it('the table of stanzas has rows of both outcomes', () => {
  const outcomes = rows.map(([, , , outcome = '']) => outcome.split(':')[0]);
  expect(new Set(outcomes)).toEqual(new Set(['sent', 'refused']));
});

it.each(rows)('from %s to %s, %s is %s', async (from = '', to = '', stanza = '', outcome = '') => {
  delivered = [];
  const input = { from: from.slice(1, -1), to: to.slice(1, -1), stanza: stanza.slice(1, -1) };
  const result = await handlers.call('send_stanza', input);
  if (outcome === 'sent') expect(result).toEqual({ code: 0 });
  else {
    expect(result).toMatchObject({ name: 'ForbiddenStanzaError', issues: [{}] });
    expect(delivered).toEqual([]);
  }
});
