import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { catalogue } from 'rostbeef-layer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../../infra/local/embedded/demo.ts';
import { listen } from '../../infra/local/listen.ts';
import { Sandbox } from '../../infra/local/sandbox.ts';
import { synthesize } from './synthesize.ts';

const { functions: template, outdir, remove } = synthesize();

/** The files of a deployment, from the folder that the CDK would zip. */
const unpacked = (code: { readonly S3Key: string }) => join(outdir, `asset.${code.S3Key.replace(/\.zip$/, '')}`);

const [layer] = Object.values(template.findResources('AWS::Lambda::LayerVersion')).map(({ Properties }) =>
  unpacked(Properties.Content),
);

/** The synthesized function of a method, under AWS's runtime interface client. */
function sandboxOf(summary: string, environment: Readonly<Record<string, string>>, timeoutSeconds?: number): Sandbox {
  const [resource] = Object.values(
    template.findResources('AWS::Lambda::Function', { Properties: { Description: summary } }),
  );
  const { Code, Handler, MemorySize, Timeout, Environment } = resource?.['Properties'] ?? {};
  expect(Handler).toBe('index.handler');
  const { EJABBERD_SECRET_ARN: _, ...variables } = Environment.Variables;
  return new Sandbox({
    name: 'synthesized',
    folder: unpacked(Code),
    ...(layer !== undefined && { layer }),
    environment: { ...variables, ...environment },
    memoryMegabytes: MemorySize,
    timeoutSeconds: timeoutSeconds ?? Timeout,
  });
}

let demo: Awaited<ReturnType<typeof startDemo>>;
let silent: Server;
let silentUrl: string;
beforeAll(async () => {
  demo = await startDemo();
  silent = createServer((socket) => socket.on('error', () => undefined));
  silentUrl = `http://127.0.0.1:${await listen(silent, 0, '127.0.0.1')}/`;
});
afterAll(async () => {
  silent.close();
  await demo.stop();
  remove();
});

describe.each(catalogue)('the synthesized function $name', ({ name, summary, example }) => {
  it('answers its first invocation and a later one, and throws by the error’s name', async () => {
    const sandbox = sandboxOf(summary, { EJABBERD_URL: demo.url });
    try {
      const [first, later] = [await sandbox.invoke(example.input), await sandbox.invoke(example.input)];
      for (const { kind } of [first, later]) expect(kind).toBe('result');
      const members = Object.keys(JSON.parse('body' in later ? String(later.body) : '{}'));
      expect(members).toEqual(Object.keys(Object(example.result)));
      expect(await sandbox.invoke({ misspelt: name })).toMatchObject({
        kind: 'error',
        errorType: 'InvalidInputError',
      });
    } finally {
      await sandbox.stop();
    }
  });

  it('ends before the time-out of Lambda if ejabberd does not answer', async () => {
    const sandbox = sandboxOf(summary, { EJABBERD_URL: silentUrl }, 2);
    try {
      const errorType = name === 'send_stanza' ? 'OutcomeUnknownError' : 'EjabberdTimeoutError';
      expect(await sandbox.invoke(example.input)).toMatchObject({ kind: 'error', errorType });
    } finally {
      await sandbox.stop();
    }
  });
});
