import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient, isRostbeefError, overHttp, signV4 } from '../../client/src/index.ts';
import { jitter } from '../../client/src/retry.ts';
import { hang, inTurn, json, lose, problem, type StandIn, startStandIn } from './stand-in.ts';

let api: StandIn;
let client: Client;
beforeAll(async () => {
  api = await startStandIn();
  client = createClient(api.url, { retry: { baseMs: 1, capMs: 2 } });
});
afterAll(() => api.stop());

const link = { jid1: 'alice@example.com', nick1: 'Alice', jid2: 'dave@example.com', nick2: 'Dave' };
const bob = { user: 'bob', server: 'example.com' };
const stanza = { from: 'bob@example.com', to: 'alice@example.com', stanza: '<message/>' };
const available = { jid: 'bob@example.com/desk', show: 'chat', status: '' };

/** Returns the error with which a promise rejects. */
const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`expected an error, not ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );

describe('a call by HTTP', () => {
  it('posts the input as JSON to the path of the method', async () => {
    api.answer(json(200, { code: 0 }));
    expect(await client.linkContacts(link)).toEqual({ code: 0 });
    expect(api.asked).toMatchObject([{ path: '/link_contacts', headers: { 'content-type': 'application/json' } }]);
    expect(JSON.parse(api.asked[0]?.body ?? '')).toEqual(link);
  });

  it('ends in the error that a problem names, with everything it holds', async () => {
    const sides = { jid1: 'written', jid2: 'not' };
    api.answer(json(502, problem('PartialLinkError', { sides, requestId: 'r-1' })));
    expect(await thrownBy(client.linkContacts(link, { retry: false }))).toMatchObject({
      name: 'PartialLinkError',
      message: 'detail of PartialLinkError',
      retryable: true,
      status: 502,
      requestId: 'r-1',
      sides,
    });
  });

  it('tells all issues of an input', async () => {
    const issues = [{ path: 'user', message: 'is required' }];
    api.answer(json(400, problem('InvalidInputError', { issues })));
    const error = await thrownBy(client.getPresence(bob));
    expect(isRostbeefError(error) && error.name === 'InvalidInputError' && error.issues).toEqual(issues);
    expect(api.asked).toHaveLength(1);
  });

  it.each([
    [
      'HTML',
      (response: Parameters<ReturnType<typeof json>>[0]) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>'),
    ],
    ['a redirect', json(302, {}, { location: 'http://127.0.0.1:9/' })],
    ['another JSON object', json(200, { message: 'ok' })],
    ['a list', json(200, [])],
    ['an error of another API', json(404, { name: 'NoSuchError', detail: 'x' })],
  ])('that is answered by %s is an ApiAnswerError', async (_, answer) => {
    api.answer(answer);
    expect(await thrownBy(client.getPresence(bob))).toMatchObject({ name: 'ApiAnswerError', retryable: false });
    expect(api.asked).toHaveLength(1);
  });

  it('that reaches no server is an ApiUnreachableError that names the address', async () => {
    const closed = await startStandIn();
    await closed.stop();
    const nowhere = createClient(closed.url, { retry: false });
    const error = await thrownBy(nowhere.sendStanza(stanza));
    expect(error).toMatchObject({ name: 'ApiUnreachableError', retryable: true, leavesOutcomeOpen: false });
    expect(String(error)).toContain(`${closed.url} (ECONNREFUSED)`);
  });

  it('refuses a URL that is not one of HTTP', () => {
    expect(() => overHttp('ftp://example.com')).toThrow('expected an HTTP URL');
  });
});

describe('an option that is undefined', () => {
  it('leaves the default of the client', async () => {
    api.answer(lose);
    const once = createClient(api.url, { retry: false });
    await thrownBy(once.linkContacts(link, { retry: undefined }));
    expect(api.asked).toHaveLength(1);
  });

  it('leaves the size of a page', async () => {
    api.answer(json(200, { contacts: [] }));
    for await (const contact of client.roster({ ...bob, maxResults: undefined })) expect(contact).toBeUndefined();
    expect(JSON.parse(api.asked[0]?.body ?? '')).toMatchObject({ maxResults: 1_000 });
  });
});

describe('a signature', () => {
  it('is for the Region in the URL of each request', async () => {
    const sign = signV4({ credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    for (const region of ['eu-west-1', 'us-east-1']) {
      const { headers } = await sign(`https://a.execute-api.${region}.amazonaws.com/live/get_roster`, {
        method: 'POST',
      });
      expect(headers.get('authorization')).toContain(`/${region}/execute-api/aws4_request`);
    }
  });
});

describe('a repeat', () => {
  it('comes after a random pause whose limit doubles up to 5 seconds', () => {
    const limits = [1, 2, 3, 4, 7, 20].map((attempt) => jitter(attempt, { baseMs: 100, capMs: 5_000 }, 1));
    expect(limits).toEqual([100, 200, 400, 800, 5_000, 5_000]);
    expect(jitter(3, { baseMs: 100, capMs: 5_000 }, 0.25)).toBe(100);
  });

  it('is made of what is retryable, until it succeeds', async () => {
    api.answer(inTurn(json(503, problem('EjabberdUnreachableError')), lose, json(200, { code: 0 })));
    expect(await client.linkContacts(link)).toEqual({ code: 0 });
    expect(api.asked).toHaveLength(3);
  });

  it('is made three times at most', async () => {
    api.answer(json(503, problem('EjabberdUnreachableError')));
    expect(await thrownBy(client.linkContacts(link))).toMatchObject({ name: 'EjabberdUnreachableError' });
    expect(api.asked).toHaveLength(4);
  });

  it.each(['ItemNotFoundError', 'MalformedResponseError', 'UnexpectedError'])('is not made of %s', async (name) => {
    api.answer(json(500, problem(name)));
    expect(await thrownBy(client.linkContacts(link))).toMatchObject({ name });
    expect(api.asked).toHaveLength(1);
  });

  it.each(['FunctionFailedError', 'FunctionTimeoutError'])(
    'is made of %s, because a link does no harm twice',
    async (name) => {
      api.answer(inTurn(json(502, problem(name)), json(200, { code: 0 })));
      expect(await client.linkContacts(link)).toEqual({ code: 0 });
    },
  );

  it('is not made if it is switched off', async () => {
    api.answer(lose);
    expect(await thrownBy(client.linkContacts(link, { retry: false }))).toMatchObject({
      name: 'ApiConnectionLostError',
    });
    expect(api.asked).toHaveLength(1);
  });

  it('waits as long as Retry-After asks', async () => {
    const asked: number[] = [];
    api.answer((response, count, one) => {
      asked.push(performance.now());
      const busy = json(429, problem('TooManyRequestsError'), { 'retry-after': '1' });
      (count === 0 ? busy : json(200, { code: 0 }))(response, count, one);
    });
    await client.linkContacts(link);
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is not waited for if Retry-After is later than the end of the call', async () => {
    api.answer(json(429, problem('TooManyRequestsError'), { 'retry-after': '60' }));
    expect(await thrownBy(client.linkContacts(link))).toMatchObject({
      name: 'TooManyRequestsError',
      retryAfterMs: 60_000,
    });
    expect(api.asked).toHaveLength(1);
  });
});

describe('a stanza', () => {
  it.each([
    ['a lost connection', lose],
    ['a function that failed', json(502, problem('FunctionFailedError'))],
    ['a gateway that gave up', json(504, problem('FunctionTimeoutError'))],
    ['the error page of a proxy', json(503, 'busy')],
  ])('without a key is sent once, and %s is an OutcomeUnknownError', async (_, answer) => {
    api.answer(answer);
    expect(await thrownBy(client.sendStanza(stanza))).toMatchObject({
      name: 'OutcomeUnknownError',
      retryable: false,
      leavesOutcomeOpen: true,
    });
    expect(api.asked).toHaveLength(1);
  });

  it('that something else at this URL refuses is an ApiAnswerError', async () => {
    api.answer(json(404, 'no such page'));
    expect(await thrownBy(client.sendStanza(stanza))).toMatchObject({ name: 'ApiAnswerError', status: 404 });
  });

  it('without a key that is not answered in time is an OutcomeUnknownError', async () => {
    api.answer(hang);
    expect(await thrownBy(client.sendStanza(stanza, { timeoutMs: 1_000 }))).toMatchObject({
      name: 'OutcomeUnknownError',
    });
    expect(api.asked).toHaveLength(1);
  });

  it('without a key is repeated if the functions say that it was not taken', async () => {
    api.answer(inTurn(json(503, problem('EjabberdUnreachableError')), json(200, { code: 0 })));
    expect(await client.sendStanza(stanza)).toEqual({ code: 0 });
  });

  it('with a key is repeated after a lost answer', async () => {
    api.answer(inTurn(lose, json(200, { code: 0 })));
    expect(await client.sendStanza({ ...stanza, idempotencyKey: 'a-key' })).toEqual({ code: 0 });
    expect(api.asked.map(({ body }) => JSON.parse(body).idempotencyKey)).toEqual(['a-key', 'a-key']);
  });

  it('whose outcome the functions do not know is never repeated, with a key neither', async () => {
    api.answer(json(502, problem('OutcomeUnknownError')));
    expect(await thrownBy(client.sendStanza({ ...stanza, idempotencyKey: 'a-key' }))).toMatchObject({
      name: 'OutcomeUnknownError',
    });
    expect(api.asked).toHaveLength(1);
  });
});

describe('the time of a call', () => {
  it('ends also if the credentials are never found', async () => {
    const unsigned = createClient(overHttp(api.url, { sign: () => new Promise(() => undefined) }));
    expect(await thrownBy(unsigned.getPresence(bob, { timeoutMs: 50 }))).toMatchObject({ name: 'ApiTimeoutError' });
  });

  it('is over at once if the signal is aborted already, and no call is made', async () => {
    let calls = 0;
    const silent = createClient({
      call: () => {
        calls += 1;
        return new Promise(() => undefined);
      },
    });
    const signal = AbortSignal.abort(new Error('never'));
    expect(await thrownBy(silent.getPresence(bob, { signal }))).toBe(signal.reason);
    expect(calls).toBe(0);
  });

  it('may have no limit', async () => {
    api.answer((...given) => void setTimeout(() => json(200, available)(...given), 20));
    expect(await client.getPresence(bob, { timeoutMs: Number.POSITIVE_INFINITY })).toEqual(available);
  });

  it('ends in an ApiTimeoutError', async () => {
    api.answer(hang);
    expect(await thrownBy(client.getPresence(bob, { timeoutMs: 50 }))).toMatchObject({ name: 'ApiTimeoutError' });
  });

  it('ends at once, with its own reason, if the caller ends it', async () => {
    api.answer(hang);
    const controller = new AbortController();
    const call = thrownBy(client.getPresence(bob, { signal: controller.signal }));
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await call).toBe(reason);
  });

  it('ends in the pause before a repeat too', async () => {
    api.answer(json(429, problem('TooManyRequestsError'), { 'retry-after': '20' }));
    const controller = new AbortController();
    const call = thrownBy(client.getPresence(bob, { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 50);
    expect(await call).toEqual(new Error('enough'));
  });

  it('is not begun if the caller has ended it before', async () => {
    api.answer(json(200, available));
    const signal = AbortSignal.abort(new Error('never'));
    expect(await thrownBy(client.getPresence(bob, { signal }))).toEqual(new Error('never'));
    expect(api.asked).toHaveLength(0);
  });
});

describe('a roster as a list', () => {
  const contact = (jid: string) => ({ jid, nick: '', group: '', groups: [], subscription: 'both', pending: 'none' });

  it('requests a page only when it is read', async () => {
    api.answer((response, count, asked) => {
      const { nextToken = '0' } = JSON.parse(asked.body);
      const page = Number(nextToken);
      const more = page < 2 ? { nextToken: String(page + 1) } : {};
      json(200, { contacts: [contact(`${page}a@x`), contact(`${page}b@x`)], ...more })(response, count, asked);
    });
    // A request that an earlier test ended may still come in.
    const pages = () => api.asked.filter(({ path }) => path === '/get_roster').map(({ body }) => JSON.parse(body));
    const read: string[] = [];
    for await (const { jid } of client.roster({ ...bob, maxResults: 2 })) {
      read.push(jid);
      if (jid === '0b@x') expect(pages()).toHaveLength(1);
    }
    expect(read).toEqual(['0a@x', '0b@x', '1a@x', '1b@x', '2a@x', '2b@x']);
    expect(pages().map(({ maxResults }) => maxResults)).toEqual([2, 2, 2]);
  });
});

describe('a signed call', () => {
  it('has a signature for execute-api by the credentials of each call', async () => {
    api.answer(json(200, available));
    const keys = ['AKIA1', 'AKIA2'];
    const credentials = async () => ({ accessKeyId: keys.shift() ?? '', secretAccessKey: 's', sessionToken: 'token' });
    const signing = createClient(overHttp(api.url, { sign: signV4({ credentials, region: 'eu-west-1' }) }));
    await signing.getPresence(bob);
    await signing.getPresence(bob);
    const scope = (key: string) =>
      new RegExp(
        `Credential=${key}/\\d{8}/eu-west-1/execute-api/aws4_request, SignedHeaders=[^,]*host[^,]*, Signature=[0-9a-f]{64}$`,
      );
    expect(api.asked.map(({ headers }) => headers.authorization)).toEqual([
      expect.stringMatching(scope('AKIA1')),
      expect.stringMatching(scope('AKIA2')),
    ]);
    expect(api.asked[0]?.headers['x-amz-security-token']).toBe('token');
  });

  it('that finds no credentials is a SigningError, and nothing is sent', async () => {
    api.answer(json(200, available));
    const credentials = async () => {
      throw new Error('Could not load credentials from any providers');
    };
    const signing = createClient(overHttp(api.url, { sign: signV4({ credentials, region: 'eu-west-1' }) }));
    expect(await thrownBy(signing.sendStanza(stanza))).toMatchObject({ name: 'SigningError' });
    expect(api.asked).toHaveLength(0);
  });

  it('demands a Region that the URL does not name', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const signing = createClient(overHttp(api.url, { sign: signV4({ credentials }) }));
    expect(await thrownBy(signing.getPresence(bob))).toMatchObject({
      message: expect.stringContaining('option region'),
    });
  });
});
