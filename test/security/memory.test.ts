import { afterAll, beforeAll, expect, it } from 'vitest';
import { built } from '../support/built.ts';
import { bundleOf } from '../support/bundles.ts';
import { startEmbeddedEjabberd } from '../support/embedded-ejabberd.ts';
import { batchOf } from '../support/event-sources.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { IS_FULL } from '../support/full.ts';
import { okResponse } from '../support/http-message.ts';
import { ProbedSandbox } from '../support/probed-sandbox.ts';
import { startWorld, type World } from '../support/world.ts';

/** The limit of an answer that a function has by default, and the memory that link and unlink are deployed with. */
const LARGEST = 16 * 1024 * 1024;
const FUNCTION_MEGABYTES = 1024;
/** Of it, the process can't have all: Lambda's own runtime is in it. */
const MOST_MEGABYTES = 0.9 * FUNCTION_MEGABYTES;

/** A batch has ten, which take a minute. */
const LINKS = IS_FULL ? 10 : 2;

let world: World;
beforeAll(async () => {
  world = await startWorld(await startEmbeddedEjabberd('24.12'), built());
});
afterAll(() => world.stop());

const member = (name: string, value: string) => `<member><name>${name}</name><value>${value}</value></member>`;

/** A roster whose answer has almost as many bytes as an answer may have. */
function largestRoster(): string {
  const contact = (index: number) =>
    `<value><struct>${member('jid', `<string>contact-${index}@xmpp.test</string>`)}${member('nick', '<string>Nick</string>')}` +
    `${member('subscription', '<string>both</string>')}${member('pending', '<string>undefined</string>')}` +
    `${member('groups', '<array><data/></array>')}</struct></value>`;
  const contacts: string[] = [];
  for (let bytes = 0, index = 0; bytes < LARGEST - 2_000; index += 1) {
    const next = contact(index);
    bytes += next.length;
    contacts.push(next);
  }
  const list = `<value><array><data>${contacts.join('')}</data></array></value>`;
  return `<methodResponse><params><param><value><struct><member><name>contacts</name>${list}</member></struct></value></param></params></methodResponse>`;
}

it('a batch of links on rosters of the largest size fits the memory of the function', {
  timeout: 120_000,
}, async () => {
  const proxy = await FaultProxy.start({ target: world.server.url });
  const roster = Buffer.from(okResponse(largestRoster()));
  const environment = { ...world.settings(), EJABBERD_URL: proxy.url, EJABBERD_TIMEOUT_MS: '100000' };
  const sandbox = new ProbedSandbox({
    ...bundleOf(built(), 'link_contacts'),
    name: 'link_contacts',
    timeoutSeconds: 110,
    memoryMegabytes: FUNCTION_MEGABYTES,
    environment,
  });
  let reads = 0;
  try {
    await proxy.interfere({
      play: async ({ command, socket, forward }) => {
        if (command === 'get_roster') reads += 1;
        socket.write(command === 'get_roster' ? roster : await forward());
      },
    });
    const names = Array.from({ length: 2 * LINKS }, (_, index) => `user-${index}`);
    await Promise.all(names.map((name) => world.server.register(name)));
    const links = Array.from({ length: LINKS }, (_, index) => {
      const [jid1, jid2] = [`user-${2 * index}@xmpp.test`, `user-${2 * index + 1}@xmpp.test`];
      return JSON.stringify({ jid1, nick1: 'One', jid2, nick2: 'Two' });
    });
    expect((await sandbox.invoke(batchOf(links))).kind).toBe('result');
    expect(reads).toBeGreaterThanOrEqual(2 * LINKS);
    const { peakKilobytes } = await sandbox.residue();

    expect(peakKilobytes / 1024).toBeLessThan(MOST_MEGABYTES);
    expect(sandbox.starts).toBe(1);
  } finally {
    await sandbox.stop();
    await proxy.stop();
  }
});
