/** Cold start: from the process's start to the first answer, of each function, compared with one that does nothing. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, build } from '../../infra/build.ts';
import { startEmbeddedServer } from '../../infra/local/embedded/server.ts';
import { type FunctionBundle, Sandbox } from '../../infra/local/sandbox.ts';
import { selfSigned } from '../support/certificates.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { functionSettings } from '../support/function-settings.ts';
import { startSecretsManager } from '../support/secrets-manager.ts';
import { median, ratio } from './measure.ts';
import { atMost, type Bench, duration as durationText, type Figure, shown } from './table.ts';

const TARGETS = { 'no secret': 1.55, 'a secret': 2.6 } as const;

export const bench: Bench = {
  name: 'cold',
  title: 'Cold start',
  async run(scale) {
    const folder = await mkdtemp(join(tmpdir(), 'rostbeef-bench-'));
    const certificate = selfSigned();
    const authority = join(folder, 'authority.pem');
    const [server, open, secrets] = await Promise.all([
      startEmbeddedEjabberd('24.12'),
      startEmbeddedServer({ release: '24.12', hosts: ['xmpp.test'] }),
      startSecretsManager(certificate),
    ]);
    secrets.set('secret', 'AWSCURRENT', server.account);
    try {
      await writeFile(authority, certificate.cert);
      const { functions }: Built = await build(join(folder, 'dist'));
      const hello = await helloWorld(join(folder, 'hello'));
      const withSecret = { ...functionSettings(server, secrets, 'secret'), NODE_EXTRA_CA_CERTS: authority };
      const settings = { 'no secret': { EJABBERD_URL: open.url }, 'a secret': withSecret };
      const kinds = Object.keys(settings) as (keyof typeof settings)[];
      const subjects: Record<string, () => Promise<number>> = { hello: () => coldStart('hello', hello, withSecret) };
      for (const [name, bundle] of Object.entries(functions)) {
        for (const kind of kinds) subjects[`${name}, ${kind}`] = () => coldStart(name, bundle, settings[kind]);
      }
      const times = await inTurn(subjects, scale === 'full' ? 15 : 1);
      const base = times['hello'] ?? [];
      const figures: Figure[] = [shown('cold start of a function that does nothing', durationText(median(base)))];
      for (const kind of kinds) {
        for (const name of Object.keys(functions)) {
          const own = times[`${name}, ${kind}`] ?? [];
          const what = `cold start of ${name} with ${kind}, compared with it`;
          figures.push(atMost(TARGETS[kind], ratio(own, base), what, `, ${durationText(median(own))}`));
        }
      }
      return { figures };
    } finally {
      await Promise.all([server.stop(), open.stop(), secrets.stop()]);
      await rm(folder, { recursive: true });
    }
  },
};

/** Each subject's own times, one a round. */
async function inTurn(subjects: Readonly<Record<string, () => Promise<number>>>, rounds: number) {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of Object.entries(subjects)) times[name] = [...(times[name] ?? []), await start()];
  }
  return times;
}

/** From nothing to the first answer, which is about a user that does not exist. */
async function coldStart(name: string, bundle: FunctionBundle, environment: Record<string, string>): Promise<number> {
  const sandbox = new Sandbox({ ...bundle, name, environment });
  const started = performance.now();
  const outcome = await sandbox.invoke(EVENTS[name] ?? { user: 'ghost', server: 'xmpp.test' });
  const duration = performance.now() - started;
  await sandbox.stop();
  if (outcome.kind === 'error' && outcome.errorType !== 'ItemNotFoundError') {
    throw new Error(`${name}: ${outcome.errorMessage}`);
  }
  return duration;
}

const link = { jid1: 'ghost@xmpp.test', jid2: 'other@xmpp.test' };
const EVENTS: Readonly<Record<string, object>> = {
  link_contacts: { ...link, nick1: 'a', nick2: 'b' },
  unlink_contacts: link,
  send_stanza: { from: 'ghost@xmpp.test', to: 'other@xmpp.test', stanza: '<message/>' },
};

async function helloWorld(folder: string): Promise<FunctionBundle> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'index.cjs'), 'exports.handler = async () => ({});');
  return { folder };
}
