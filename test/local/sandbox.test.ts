import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Invoked, Sandbox, type SandboxOptions } from '../../infra/local/sandbox.ts';
import { isRunning, openWorkshop, type Workshop } from './tiny-function.ts';

let workshop: Workshop;
const sandboxes: Sandbox[] = [];

beforeAll(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.stop()));
});
afterAll(() => workshop.remove());

let count = 0;
async function sandbox(source: string, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const folder = await workshop.tinyFunction(`function-${count++}`, source);
  const made = new Sandbox({ name: 'tiny', folder, ...options });
  sandboxes.push(made);
  return made;
}

function json(invoked: Invoked): unknown {
  if (invoked.kind === 'error') throw new Error(`${invoked.errorType}: ${invoked.errorMessage}`);
  return JSON.parse(invoked.body.toString());
}

/** Answers `{pid, event}`, unless the event asks for trouble. */
const moody = `
  exports.handler = async (event) => {
    switch (event.mood) {
      case 'throw': throw Object.assign(new Error('no such user'), { name: 'ItemNotFoundError' });
      case 'crash': process.exit(3);
      case 'exit': process.exit(0);
      case 'hang': return new Promise((resolve) => setTimeout(resolve, 60_000));
      case 'spin': for (;;);
      case 'large': return 'x'.repeat(event.size);
      case 'reject': Promise.reject(new Error('nobody waits')); return new Promise((resolve) => setTimeout(resolve, 60_000));
      default: return { pid: process.pid, event };
    }
  };`;

describe('a sandboxed function', () => {
  it('answers with what the handler returns', async () => {
    const tiny = await sandbox(moody);
    expect(json(await tiny.invoke({ text: 'ünïcode \u2028' }))).toMatchObject({ event: { text: 'ünïcode \u2028' } });
  });

  it('takes an event as the bytes of its JSON, and passes them on unchanged', async () => {
    const tiny = await sandbox(moody);
    expect(json(await tiny.invoke(Buffer.from('{"a": 1e2, "a": 2}')))).toMatchObject({ event: { a: 2 } });
  });

  it('answers null for a handler that returns nothing', async () => {
    const tiny = await sandbox('exports.handler = async () => {};');
    expect(json(await tiny.invoke({}))).toBeNull();
  });

  it('keeps its process between calls', async () => {
    const tiny = await sandbox(moody);
    expect(json(await tiny.invoke(1))).toEqual({ ...Object(json(await tiny.invoke(2))), event: 1 });
  });

  it('starts no process before the first call', async () => {
    const folder = await workshop.tinyFunction(`function-${count++}`, 'console.log("cold start");');
    const log = vi.fn();
    const tiny = new Sandbox({ name: 'tiny', folder, log });
    await tiny.stop();
    expect(log).not.toHaveBeenCalled();
  });

  it('runs one call at a time, in order', async () => {
    const tiny = await sandbox(`
      let running = 0;
      exports.handler = async (event) => {
        running += 1;
        const seen = running;
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return [event, seen];
      };`);
    const answers = await Promise.all(['a', 'b', 'c'].map(async (event) => json(await tiny.invoke(event))));
    expect(answers).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  it('reports a thrown error by its name, and stays alive', async () => {
    const tiny = await sandbox(moody);
    const before = json(await tiny.invoke(0));
    const failed = await tiny.invoke({ mood: 'throw' });
    expect(failed).toMatchObject({ kind: 'error', errorType: 'ItemNotFoundError', errorMessage: 'no such user' });
    expect(failed).toHaveProperty('trace.0', 'ItemNotFoundError: no such user');
    expect(json(await tiny.invoke(0))).toEqual(before);
  });

  it.each([
    ['crash', 'Runtime exited with error: exit status 3'],
    ['exit', 'Runtime exited without providing a reason'],
    ['reject', 'Runtime exited with error: exit status 1'],
  ])('reports a process that ends (%s), and starts a new one for the next call', async (mood, reason) => {
    const tiny = await sandbox(moody);
    const before = json(await tiny.invoke(0));
    const failed = await tiny.invoke({ mood }, { requestId: 'r-1' });
    expect(failed).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
    expect(failed).toHaveProperty('errorMessage', `RequestId: r-1 Error: ${reason}`);
    expect(json(await tiny.invoke(0))).not.toEqual(before);
  });

  it.each(['hang', 'spin'])('kills a process at its timeout (%s), and starts a new one', async (mood) => {
    const tiny = await sandbox(moody, { timeoutSeconds: 1 });
    const before = json(await tiny.invoke(0));
    const [failed, after] = await Promise.all([tiny.invoke({ mood }, { requestId: 'r-2' }), tiny.invoke(0)]);
    expect(failed).toMatchObject({ kind: 'error', errorType: 'Sandbox.Timedout' });
    expect(failed).toHaveProperty('errorMessage', 'RequestId: r-2 Error: Task timed out after 1.00 seconds');
    expect(json(after)).not.toEqual(before);
  });

  it.each([
    [
      'a module that is not there',
      "require('not-bundled');",
      'Runtime.ImportModuleError',
      /Cannot find module 'not-bundled'/,
    ],
    ['a syntax error', 'exports.handler = =>;', 'Runtime.UserCodeSyntaxError', /Unexpected token/],
    ['a missing handler', 'exports.other = 1;', 'Runtime.HandlerNotFound', /index.handler is undefined/],
    ['an error thrown while loading', "throw new TypeError('no settings');", 'TypeError', /no settings/],
    ['a callback handler', 'exports.handler = (e, c, cb) => cb();', 'Runtime.CallbackHandlerDeprecated', /callback/],
  ])('reports %s at each call', async (_, source, errorType, errorMessage) => {
    const tiny = await sandbox(source);
    for (const event of [1, 2]) {
      const failed = await tiny.invoke(event);
      expect(failed).toMatchObject({ kind: 'error', errorType, errorMessage: expect.stringMatching(errorMessage) });
    }
  });

  it('refuses a response over 6,291,556 bytes, as Lambda does', async () => {
    const tiny = await sandbox(moody);
    const largest = await tiny.invoke({ mood: 'large', size: 6_291_554 });
    expect(largest.kind).toBe('result');
    const refused = await tiny.invoke({ mood: 'large', size: 6_291_555 });
    expect(refused).toMatchObject({ kind: 'error', errorType: 'Function.ResponseSizeTooLarge' });
    expect(json(await tiny.invoke(0))).toMatchObject({ event: 0 });
  });

  it('returns the lines that the function writes, together with the outcome', async () => {
    const lines: string[] = [];
    const source = 'exports.handler = async (event) => { console.log("got", event); process.stderr.write("raw\\n"); };';
    const tiny = await sandbox(source, { log: (line) => lines.push(line) });
    const { log } = await tiny.invoke('first', { requestId: 'r-3' });
    expect(log).toEqual([expect.stringMatching(/Z\tr-3\tINFO\tgot first$/), 'raw']);
    expect((await tiny.invoke('second')).log).not.toContain(log[0]);
    expect(lines).toHaveLength(4);
  });
});

describe("a sandbox's surroundings", () => {
  it('hold AWS credentials, and new ones in a new process once they expire', async () => {
    const inMs = (ms: number) => new Date(Date.now() + ms);
    const expirations = [inMs(3_600_000), inMs(30_000), undefined];
    let found = 0;
    const tiny = await sandbox(
      'exports.handler = async () => ({ key: process.env.AWS_ACCESS_KEY_ID, other: process.env.OTHER });',
      {
        environment: { OTHER: 'x' },
        credentials: async () => ({
          environment: { AWS_ACCESS_KEY_ID: `key ${found}` },
          expiration: expirations[found++],
        }),
      },
    );
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const keys = [];
      for (const passed of [0, 0, 3_590_000, 0, 0]) {
        vi.setSystemTime(Date.now() + passed);
        keys.push(json(await tiny.invoke({})));
      }
      expect(keys).toEqual([0, 0, 1, 2, 2].map((which) => ({ key: `key ${which}`, other: 'x' })));
    } finally {
      vi.useRealTimers();
    }
  });

  it('give the handler the context that Lambda gives', async () => {
    const tiny = await sandbox(
      `exports.handler = async (event, context) => ({
        ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });`,
      { timeoutSeconds: 5, environment: { AWS_REGION: 'sa-east-1' } },
    );
    const context = json(await tiny.invoke({}, { requestId: 'r-4', clientContext: '{"custom":{"a":"b"}}' }));
    expect(context).toMatchObject({
      awsRequestId: 'r-4',
      functionName: 'tiny',
      functionVersion: '$LATEST',
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/tiny',
      invokedFunctionArn: 'arn:aws:lambda:sa-east-1:123456789012:function:tiny',
      clientContext: { custom: { a: 'b' } },
      trace: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/),
    });
    const { remaining } = Object(context);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(5000);
  });

  it('hold the variables of Lambda and of the function, and none of ours but PATH', async () => {
    vi.stubEnv('ROSTBEEF_TEST_LEAK', 'leaked');
    const environment = { EJABBERD_URL: 'http://x:1/', AWS_LAMBDA_FUNCTION_NAME: 'mine' };
    const tiny = await sandbox('exports.handler = async () => process.env;', { environment });
    const { PATH } = process.env;
    const seen = Object(json(await tiny.invoke({})));
    vi.unstubAllEnvs();
    expect(Object.keys(seen).sort()).toEqual([
      'AWS_DEFAULT_REGION',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_LAMBDA_RUNTIME_API',
      'AWS_REGION',
      'EJABBERD_URL',
      'LAMBDA_RUNTIME_DIR',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'NODE_PATH',
      'PATH',
      'TZ',
      '_HANDLER',
      '_X_AMZN_TRACE_ID',
    ]);
    expect(seen).toMatchObject({ AWS_LAMBDA_FUNCTION_NAME: 'tiny', PATH: String(PATH) });
  });

  it('resolve a layer through NODE_PATH', async () => {
    await workshop.file('layer/nodejs/node_modules/shared/index.cjs', 'exports.name = "the layer";');
    await workshop.file('layer/nodejs/node_modules/shared/package.json', '{"main": "index.cjs"}');
    const source = "const { name } = require('shared'); exports.handler = async () => name;";
    const tiny = await sandbox(source, { layer: `${workshop.folder}/layer` });
    expect(json(await tiny.invoke({}))).toBe('the layer');
  });

  it('hide the modules above the task root, which Lambda would not have', async () => {
    await workshop.file('node_modules/above/index.js', 'exports.name = "above";');
    const tiny = await sandbox("exports.handler = async () => require('above').name;");
    expect(await tiny.invoke({})).toMatchObject({ errorMessage: expect.stringMatching(/Cannot find module 'above'/) });
  });

  it('refuse to require an ES module, as the managed runtime does', async () => {
    await workshop.file('layer/nodejs/node_modules/modern/index.mjs', 'export const name = "modern";');
    await workshop.file('layer/nodejs/node_modules/modern/package.json', '{"main": "index.mjs"}');
    const tiny = await sandbox("require('modern');", { layer: `${workshop.folder}/layer` });
    expect(await tiny.invoke({})).toMatchObject({ errorMessage: expect.stringMatching(/ES Module/) });
  });
});

describe('the end of a sandbox', () => {
  it('comes at once when it is stopped, for running and waiting calls alike', async () => {
    const tiny = await sandbox(moody);
    const { pid } = Object(json(await tiny.invoke(0)));
    const calls = [tiny.invoke({ mood: 'hang' }), tiny.invoke(1)];
    await tiny.stop();
    expect(isRunning(pid)).toBe(false);
    for (const call of calls) expect(await call).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
    expect(await tiny.invoke(2)).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
  });

  it('comes while it is starting, too', async () => {
    const tiny = await sandbox(moody);
    const call = tiny.invoke(1);
    await tiny.stop();
    expect(await call).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
  });

  it.each(['idle', 'hang'])('comes with the end of our process, even by SIGKILL (%s)', async (mood) => {
    const folder = await workshop.tinyFunction(
      `function-${count++}`,
      `exports.handler = async (event) => {
        console.log(process.pid);
        if (event === 'hang') return new Promise((resolve) => setTimeout(resolve, 60_000));
      };`,
    );
    const module = new URL('../../infra/local/sandbox.ts', import.meta.url).href;
    const script = `
      const { Sandbox } = await import(${JSON.stringify(module)});
      const sandbox = new Sandbox({ name: 'tiny', folder: ${JSON.stringify(folder)}, log: (line) => console.log(line) });
      await sandbox.invoke(${JSON.stringify(mood)});
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const pid = Number(String(line).split('\t').at(-1));
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });
});
