/** docs/logs.md is compared with lines that the functions write. */
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { logReport } from '../functions/operations/doctor/log.ts';
import { handler as prepare } from '../functions/operations/prepare/index.ts';
import { handler as rotate } from '../functions/operations/rotation/index.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../infra/local/embedded/server.ts';
import { documentedTable, namesIn } from './support/documented-table.ts';
import { batchOf } from './support/event-sources.ts';
import { type Handlers, openHandlers } from './support/in-process.ts';

const HOST = 'xmpp.test';
const link = { jid1: `a@${HOST}`, nick1: 'A', jid2: `b@${HOST}`, nick2: 'B' };

let server: EmbeddedServer;
let handlers: Handlers;
beforeAll(async () => {
  server = await startEmbeddedServer({ release: '24.12', hosts: [HOST] });
  for (const name of ['a', 'b']) server.state.passwords.set(`${name}@${HOST}`, '');
  handlers = openHandlers({ EJABBERD_URL: server.url, EJABBERD_MAX_RESPONSE_BYTES: '4096' });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.stop();
});

type Line = Readonly<Record<string, unknown>>;

/** The lines that are written meanwhile. */
async function linesOf(work: () => unknown): Promise<readonly Line[]> {
  handlers.log.splice(0);
  await work();
  return handlers.log.map((line) => JSON.parse(line));
}

const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 30_000 } as Context;

function signed(body: unknown) {
  const identity = { userArn: 'arn:aws:iam::123456789012:role/caller' };
  return { httpMethod: 'POST', headers: { 'content-type': 'application/json' }, requestContext: { identity }, body };
}

/** A roster that is larger than a response may be. */
function fillRoster(): void {
  for (let index = 0; index < 30; index += 1) {
    const change = { nick: 'x'.repeat(100), groups: [], subscription: 'both' };
    server.state.addItem({ local: 'a', host: HOST }, `c${index}@${HOST}`, change);
  }
}

it('lists the fields of a call, and no others', async () => {
  const lines = await linesOf(async () => {
    await handlers.call('link_contacts', signed(JSON.stringify(link)));
    await handlers.call('link_contacts', batchOf([JSON.stringify(link), 'no JSON']));
    await handlers.call('get_presence', { user: 'nobody', server: HOST });
    fillRoster();
    await handlers.call('unlink_contacts', { jid1: link.jid1, jid2: link.jid2 });
  });
  const metrics = namesIn(await documentedTable('logs.md', 'metrics'));
  const fields = new Set(lines.flatMap((line) => Object.keys(line)).filter((name) => !metrics.includes(name)));
  expect([...fields].sort()).toEqual([...namesIn(await documentedTable('logs.md', 'call'))].sort());
});

it('says of each field whether it is there always', async () => {
  const lines = await linesOf(async () => {
    await handlers.call('link_contacts', signed(JSON.stringify(link)));
    await handlers.call('get_presence', { user: 'a', server: HOST });
    await handlers.call('get_presence', { Records: [{ eventSource: 'aws:s3' }] });
  });
  expect(lines).toHaveLength(3);
  const rows = await documentedTable('logs.md', 'call');
  const always = namesIn(rows.filter(([, , there]) => there === 'always'));
  const inEach = always.filter((name) => lines.every((line) => name in line));
  expect(inEach).toEqual(always);
});

it('lists the fields of the doctor', async () => {
  const [line = {}] = await linesOf(() =>
    logReport({ server: 'x', healthy: true, findings: [], unseen: [] }, 'request'),
  );
  expect(Object.keys(line).sort()).toEqual([...namesIn(await documentedTable('logs.md', 'doctor'))].sort());
});

it('lists the fields of the rotation and of the preparation', async () => {
  const step = { SecretId: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x', ClientRequestToken: 'v1' };
  // No such format: nothing is read from S3.
  const run = { bucket: 'bucket', key: 'in/links.txt', run: 'run' };
  const lines = await linesOf(async () => {
    delete process.env['EJABBERD_URL'];
    await expect(rotate({ ...step, Step: 'createSecret' }, context)).rejects.toThrow();
    await expect(prepare(run, context)).rejects.toThrow();
  });
  expect(lines).toMatchObject([
    { operation: 'rotation', step: 'createSecret' },
    { operation: 'prepare', key: run.key, outcome: 'InvalidInputError' },
  ]);
  const listed = namesIn(await documentedTable('logs.md', 'operations'));
  expect(lines.flatMap((line) => Object.keys(line)).filter((name) => !listed.includes(name))).toEqual([]);
});

it('lists the metrics of a call and of the doctor, with their unit', async () => {
  const lines = await linesOf(async () => {
    await handlers.call('get_presence', { user: 'a', server: HOST });
    logReport({ server: 'x', healthy: true, findings: [], unseen: [] }, 'request');
  });
  const directives = lines.flatMap((line) => Object(line['_aws']).CloudWatchMetrics);
  expect(directives).toMatchObject([
    { Namespace: 'rostbeef', Dimensions: [[]] },
    { Namespace: 'rostbeef', Dimensions: [[]] },
  ]);
  const written = directives.flatMap(({ Metrics }) => Metrics).map(({ Name, Unit }) => `${Name} ${Unit}`);
  const rows = (await documentedTable('logs.md', 'metrics')).filter(([, , by]) => by !== 'a metric filter');
  expect(rows.map(([name = '', unit]) => `${name.replaceAll('`', '')} ${unit}`).sort()).toEqual(written.sort());
});
