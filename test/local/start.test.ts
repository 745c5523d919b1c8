import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { problemSchema } from 'rostbeef-layer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDemo } from '../../infra/local/embedded/demo.ts';
import { listen } from '../../infra/local/listen.ts';
import { isRunning, postJson } from './tiny-function.ts';

const script = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));
const { PATH = '' } = process.env;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  /** All of standard output and error, when the process has ended. */
  readonly output: Promise<string>;
  readonly errors: Promise<string>;
  readonly exit: Promise<unknown[]>;
  /** Standard output until the greeting is complete. */
  greeting(): Promise<string>;
}

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return {
    child,
    output: text(child.stdout),
    errors: text(child.stderr),
    exit: once(child, 'exit'),
    greeting: () => greetingOf(child),
  };
}

function greetingOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let read = '';
  child.stdout?.on('data', (data) => {
    read += data;
    if (read.includes('Ctrl-C')) resolve(read);
  });
  child.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${read}`)));
  return promise;
}

function urlIn(greeting: string): string {
  return /http:\/\/127\.0\.0\.1:\d+/.exec(greeting)?.[0] ?? '';
}

const run = promisify(execFile);

async function childrenOf({ pid }: ChildProcess): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => Number(parent) === pid && args.join(' ').includes('aws-lambda-ric'))
    .map(([child]) => Number(child));
}

describe('npm start', () => {
  it('says where it listens and what it talks to, and that it checks no authorization', async () => {
    const greeting = await start(['--port', '0']).greeting();
    expect(urlIn(greeting)).not.toBe('');
    expect(greeting).toContain('an embedded server in memory');
    expect(greeting).toContain('checks no authorization');
  });

  it.each([
    ['with --dialect rostbeef', ['--dialect', 'rostbeef'], {}],
    ['by EJABBERD_DIALECT', [], { EJABBERD_DIALECT: 'rostbeef' }],
  ])('plays a server of 2008 %s', async (_, args, environment) => {
    const greeting = await start(['--port', '0', ...args], environment as Record<string, string>).greeting();
    expect(greeting).toContain('mod_rostbeef');
    const [, classic = ''] = /at (http:\/\/127\.0\.0\.1:\d+\/) \(/.exec(greeting) ?? [];
    expect((await fetch(classic, { method: 'POST', body: 'x' })).status).toBe(411);
    const roster = await postJson(`${urlIn(greeting)}/get_roster`, '{"user":"alice","server":"example.com"}');
    expect(((await roster.json()) as { contacts: unknown[] }).contacts).toHaveLength(2);
  });

  it.each([[[]], [['--dialect', 'rostbeef']]])('prints commands that work as they are %j', async (dialect) => {
    const greeting = await start(['--port', '0', ...dialect]).greeting();
    const commands = greeting.split('\n').filter((line) => line.trim().startsWith('curl '));
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const { stdout } = await run('sh', ['-c', `${command} -w '\\n%{http_code}'`]);
      expect(stdout.split('\n').at(-1)).toBe('200');
    }
  });

  it('prints one line for each call on standard error, with status, time, request id and error', async () => {
    const { child, greeting, errors } = start(['--port', '0']);
    const url = urlIn(await greeting());
    const answer = await postJson(`${url}/get_presence`, '{"user":"ghost"}');
    const { requestId } = problemSchema().parse(await answer.json());
    child.kill('SIGTERM');
    expect(await errors).toMatch(
      new RegExp(`^400 +\\d+ ms {2}get_presence +${requestId} {2}InvalidInputError: .*server is required$`, 'm'),
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at %s with status 0, and every process with it', async (signal) => {
    const { child, greeting, exit } = start(['--port', '0']);
    const url = urlIn(await greeting());
    await postJson(`${url}/get_presence`, '{}');
    await postJson(`${url}/get_roster`, '{}');
    const functions = await childrenOf(child);
    expect(functions).toHaveLength(2);
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(functions.filter(isRunning)).toEqual([]);
  });

  it('ends with the shell that npm runs it in, which hands no signal on', async () => {
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${script}" --port 0 & wait`], {
      env: { PATH, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(shell);
    const url = urlIn(await greetingOf(shell));
    shell.kill('SIGTERM');
    await expect
      .poll(
        () =>
          fetch(url).then(
            () => 'answers',
            () => 'is gone',
          ),
        { timeout: 10_000 },
      )
      .toBe('is gone');
  });

  it('leaves no process behind when it is killed', async () => {
    const { child, greeting } = start(['--port', '0']);
    await postJson(`${urlIn(await greeting())}/get_presence`, '{}');
    const functions = await childrenOf(child);
    expect(functions).toHaveLength(1);
    child.kill('SIGKILL');
    await expect.poll(() => functions.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });
});

describe('npm start with --idempotency', () => {
  it('sends a stanza with a key once, and prints how to try it', async () => {
    const { url: EJABBERD_URL, state, stop } = await startDemo();
    const received: string[] = [];
    const deliver = (stanza: unknown) => received.push(String(stanza));
    const session = { local: 'alice', host: 'example.com', resource: 'inbox', connectedAt: 0, deliver };
    state.sessions.add({ ...session, presence: undefined });
    try {
      const greeting = await start(['--port', '0', '--idempotency'], { EJABBERD_URL }).greeting();
      expect(greeting).toContain('"idempotencyKey":"try-me"');
      const send = async (idempotencyKey: string | undefined, stanza = '<message><body>Hi</body></message>') => {
        const input = { from: 'bob@example.com', to: 'alice@example.com/inbox', stanza, idempotencyKey };
        return (await postJson(`${urlIn(greeting)}/send_stanza`, JSON.stringify(input))).status;
      };
      expect([await send('one'), await send('one'), await send('one')]).toEqual([200, 200, 200]);
      expect(received).toHaveLength(1);
      expect(await send('one', '<message><body>Another</body></message>')).toBe(400);
      expect([await send(undefined), await send(undefined)]).toEqual([200, 200]);
      expect(received).toHaveLength(3);
    } finally {
      await stop();
    }
  });

  it('refuses a table that is set as well', async () => {
    const { errors, exit } = start(['--idempotency'], { EJABBERD_IDEMPOTENCY_TABLE: 'mine' });
    expect(await errors).toContain('EJABBERD_IDEMPOTENCY_TABLE must not be set');
    expect(await exit).toEqual([2, null]);
  });
});

describe('npm start with EJABBERD_URL', () => {
  let ejabberd: Server;
  afterEach(() => ejabberd.close());

  it('talks to that server, with the settings that are given', async () => {
    const requests: string[] = [];
    ejabberd = createServer((request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.writeHead(503).end();
    });
    const address = `http://127.0.0.1:${await listen(ejabberd, 0, '127.0.0.1')}/xmlrpc`;
    const greeting = await start([], { PORT: '0', EJABBERD_URL: address, EJABBERD_SERVERS: 'here.example' }).greeting();
    expect(greeting).toContain(`talk to ${address}.`);
    const call = (server: string): Promise<Response> =>
      postJson(`${urlIn(greeting)}/get_presence`, JSON.stringify({ user: 'alice', server }));
    expect((await call('here.example')).status).toBe(502);
    expect(requests).toContain('POST /xmlrpc');
    expect((await call('elsewhere.example')).status).toBe(403);
  });

  it.each(['ejabberd', 'rostbeef'])(
    'starts, and says at once if a server of the dialect %s can not be reached',
    async (dialect) => {
      ejabberd = createServer();
      const port = await listen(ejabberd, 0, '127.0.0.1');
      await new Promise((resolve) => ejabberd.close(resolve));
      const { child, greeting } = start(['--dialect', dialect], {
        PORT: '0',
        EJABBERD_URL: `http://127.0.0.1:${port}/xmlrpc`,
      });
      const warned = new Promise((resolve) => child.stderr?.once('data', (data) => resolve(String(data))));
      expect(urlIn(await greeting())).not.toBe('');
      expect(await warned).toMatch(
        new RegExp(`^Warning: 127.0.0.1:${port} can’t be used yet: TCP: .*ECONNREFUSED.* run npm run doctor`),
      );
    },
  );

  it('speaks the dialect that is asked for', async () => {
    const heads: (string | undefined)[][] = [];
    ejabberd = createServer((request, response) => {
      heads.push(request.rawHeaders);
      response.writeHead(503).end();
    });
    const address = `http://127.0.0.1:${await listen(ejabberd, 0, '127.0.0.1')}/`;
    const greeting = await start(['--dialect', 'rostbeef'], { PORT: '0', EJABBERD_URL: address }).greeting();
    await postJson(`${urlIn(greeting)}/get_presence`, '{"user":"alice","server":"here.example"}');
    // The first request looks whether the server can be reached.
    expect(heads.at(-1)).toEqual(expect.arrayContaining(['Content-Length', 'Connection', 'close']));
  });
});

describe('npm start with settings that are wrong', () => {
  it('says all that is wrong with them at once, and starts nothing', async () => {
    const { errors, output, exit } = start(['--port', '0'], {
      EJABBERD_URL: 'ftp://canary/',
      EJABBERD_SERVERS: ',',
      EJABBERD_SENDER: 'canary@example.com',
      EJABERD_STANZAS: 'canary',
      EJABBERD_TIMEOUT_MS: 'canary',
    });
    const complaint = await errors;
    expect(complaint.trim().split('\n')).toEqual([
      'The settings are not valid:',
      '  EJABBERD_SENDER: is not a setting; the nearest is EJABBERD_SENDERS: rename it or remove it',
      '  EJABERD_STANZAS: is not a setting; the nearest is EJABBERD_STANZAS: rename it or remove it',
      '  EJABBERD_URL: must be http(s)://host:port/path',
      '  EJABBERD_TIMEOUT_MS: must be a whole number from 1 to 900000',
      expect.stringMatching(/^ {2}EJABBERD_SERVERS: is set but empty/),
    ]);
    expect(await output).toBe('');
    expect(await exit).toEqual([1, null]);
  });

  it.each([
    ['the beginning of a setting', { EJABBERD_MAX: '1' }, /EJABBERD_MAX: is not a setting/],
    [
      'a sender’s domain with EJABBERD_STANZAS=any',
      { EJABBERD_STANZAS: 'any', EJABBERD_SENDERS: 'a.example' },
      /SENDERS/,
    ],
    [
      'a secret without a server',
      { EJABBERD_SECRET_ARN: 'arn' },
      /EJABBERD_URL: is required if EJABBERD_SECRET_ARN is/,
    ],
    ['a dialect', { EJABBERD_DIALECT: 'jabber' }, /EJABBERD_DIALECT: must be/],
  ])('also refuses %s for the embedded server', async (_, settings, reason) => {
    const { errors, exit } = start(['--port', '0'], settings);
    expect(await errors).toMatch(reason);
    expect(await exit).toEqual([1, null]);
  });

  it('warns of a name that is no misspelling, and does not pass it on', async () => {
    const settings = { EJABBERD_HOME: '/opt/ejabberd', EJABBERD_CONFIG_PATH: '/etc/ejabberd.yml' };
    const { child, greeting, errors } = start(['--port', '0'], settings);
    const roster = await postJson(`${urlIn(await greeting())}/get_roster`, '{"user":"alice","server":"example.com"}');
    expect(roster.status).toBe(200);
    child.kill('SIGTERM');
    expect((await errors).split('\n').filter((line) => line.startsWith('Warning'))).toEqual([
      'Warning: EJABBERD_HOME is not a setting and is not passed on.',
    ]);
  });

  it('applies those that are right to the embedded server', async () => {
    const greeting = await start(['--port', '0'], { EJABBERD_SERVERS: 'elsewhere.example' }).greeting();
    const roster = await postJson(`${urlIn(greeting)}/get_roster`, '{"user":"alice","server":"example.com"}');
    expect(roster.status).toBe(403);
  });
});

describe('npm start with a secret', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'rostbeef-home-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  const settings = () => ({
    HOME: home,
    PORT: '0',
    AWS_EC2_METADATA_DISABLED: 'true',
    EJABBERD_URL: 'http://127.0.0.1:9/',
    EJABBERD_SECRET_ARN: 'secret',
  });

  /** The key with which a function calls Secrets Manager. */
  async function keyWith(environment: Readonly<Record<string, string>>): Promise<string | undefined> {
    const authorizations: (string | undefined)[] = [];
    const secrets = createServer((request, response) => {
      authorizations.push(request.headers.authorization);
      response.writeHead(400).end('{}');
    });
    try {
      const endpoint = `http://127.0.0.1:${await listen(secrets, 0, '127.0.0.1')}`;
      const { greeting } = start([], { ...settings(), AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint, ...environment });
      await postJson(`${urlIn(await greeting())}/get_presence`, '{"user":"alice","server":"here.example"}');
      return /Credential=([^/]*)/.exec(authorizations[0] ?? '')?.[1];
    } finally {
      secrets.close();
    }
  }

  it.each([
    ['a profile', 'aws_access_key_id = KEY\naws_secret_access_key = canary\n'],
    ['a program that a profile names', 'credential_process = cat program.json\n'],
  ])('gives the functions the AWS credentials of %s', async (_, lines) => {
    const program = join(home, 'program.json');
    await writeFile(program, '{"Version": 1, "AccessKeyId": "KEY", "SecretAccessKey": "canary"}');
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws/credentials'), `[mine]\n${lines.replace('program.json', program)}`);
    expect(await keyWith({ AWS_PROFILE: 'mine' })).toBe('KEY');
  });

  it('gives the functions the AWS credentials of a container', async () => {
    const answer = { AccessKeyId: 'KEY', SecretAccessKey: 'canary', Token: 'z', Expiration: '2099-01-01T00:00:00Z' };
    const container = createServer((_, response) => response.end(JSON.stringify(answer)));
    try {
      const url = `http://127.0.0.1:${await listen(container, 0, '127.0.0.1')}/`;
      expect(await keyWith({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })).toBe('KEY');
    } finally {
      container.close();
    }
  });

  it('gives the functions the AWS credentials of its own environment', async () => {
    expect(await keyWith({ AWS_ACCESS_KEY_ID: 'KEY', AWS_SECRET_ACCESS_KEY: 'canary' })).toBe('KEY');
  });

  it('says in one line that AWS credentials are required', async () => {
    const { errors, exit } = start([], settings());
    const complaint = await errors;
    expect(complaint).toMatch(/^AWS credentials are required/);
    expect(complaint.trim().split('\n')).toHaveLength(1);
    expect(await exit).toEqual([1, null]);
  });
});

describe('npm start, called wrongly,', () => {
  it.each([
    [['--prot', '1'], /^Unknown option '--prot'/],
    [['1'], /^Unexpected argument '1'/],
    [['--port'], /^Option '--port <value>' argument missing/],
    [['--port', 'http'], /^The port must be a whole number, from 0 to 65535, not "http"/],
    [['--port', '65536'], /^The port must be/],
    [['--dialect', 'jabber'], /^The dialect must be ejabberd or rostbeef, not "jabber"/],
  ])('says in one line what is wrong: %s', async (args, reason) => {
    const { errors, output, exit } = start(args);
    const complaint = await errors;
    expect(complaint).toMatch(reason);
    expect(complaint.trim().split('\n')).toHaveLength(1);
    expect(await output).toBe('');
    expect(await exit).toEqual([2, null]);
  });

  it('says in one line that the port is in use', async () => {
    const other = createServer();
    const port = await listen(other, 0, '127.0.0.1');
    const { errors, exit } = start(['--port', String(port)]);
    expect(await errors).toMatch(new RegExp(`^listen EADDRINUSE: address already in use 127.0.0.1:${port}: .*\n$`));
    expect(await exit).toEqual([1, null]);
    other.close();
  });

  it('prints its usage with --help', async () => {
    const { output, exit } = start(['--help']);
    expect(await output).toMatch(/^Usage: npm start/);
    expect(await exit).toEqual([0, null]);
  });
});
