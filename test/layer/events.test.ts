import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  InvalidInputError,
  ItemNotFoundError,
  PartialLinkError,
  ResultTooLargeError,
  type RostbeefError,
} from '../../functions/layer/errors/index.ts';
import { httpSource as http } from '../../functions/layer/events/api-gateway.ts';
import { detectSource } from '../../functions/layer/events/detect.ts';
import { directSource as direct } from '../../functions/layer/events/direct.ts';
import { eventBridgeSource as eventbridge } from '../../functions/layer/events/eventbridge.ts';
import { MAX_RESPONSE_BYTES } from '../../functions/layer/events/response-limit.ts';
import { callOf, recordsOf } from '../../functions/layer/events/sqs.ts';
import { describeUnsupported } from '../../functions/layer/events/unsupported.ts';

const input = { user: 'alice', server: 'example.com' };
const v1 = { httpMethod: 'POST', headers: {}, requestContext: { stage: 'prod' }, body: JSON.stringify(input) };
const enveloped = (detail: unknown) => ({ 'detail-type': 'x', source: 'y', detail });
const v2 = { version: '2.0', headers: {}, requestContext: { http: { method: 'POST' } }, body: JSON.stringify(input) };

describe('an event', () => {
  it.each([
    ['of a REST API', v1, 'http'],
    ['of an HTTP API', v2, 'http'],
    ['that is the input itself', input, 'direct'],
    ['that is empty', {}, 'direct'],
    ['whose member Records is a string', { Records: '[]' }, 'direct'],
    ['of SQS', { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: '{}' }] }, 'sqs'],
    ['of no records', { Records: [] }, 'unsupported'],
    ['of S3', { Records: [{ eventSource: 'aws:s3' }] }, 'unsupported'],
    ['of EventBridge', { 'detail-type': 'x', source: 'y', detail: {} }, 'eventbridge'],
    ['of EventBridge whose detail is a string', { detail: 'x', source: 'y', 'detail-type': 'z' }, 'eventbridge'],
    ['of EventBridge without a detail', { source: 'y', 'detail-type': 'z' }, 'eventbridge'],
    ['of a notification', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'unsupported'],
    ['of a load balancer', { ...v1, requestContext: { elb: {} } }, 'unsupported'],
    ['of a WebSocket', { requestContext: { connectionId: 'x', eventType: 'MESSAGE' } }, 'unsupported'],
    ['that is a list', [input], 'unsupported'],
    ['that is a string', 'x', 'unsupported'],
    ['that is null', null, 'unsupported'],
  ])('%s comes through its door', (_, event, door) => {
    expect(detectSource(event)).toBe(door);
  });

  const marks = ['Records', 'detail', 'detail-type', 'source', 'requestContext', 'httpMethod', 'version'];
  const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const object = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom(...marks)), fc.jsonValue());

  it('is the input itself, whatever JSON object it is, unless an AWS service made it', () => {
    const plain = fc.dictionary(fc.string(), fc.jsonValue()).filter((event) => !marks.some((mark) => mark in event));
    fc.assert(fc.property(plain, (event) => void expect(detectSource(event)).toBe('direct')));
  });

  it('is the input itself if the members that AWS services use hold text, numbers or nothing', () => {
    const disguised = fc
      .dictionary(fc.constantFrom(...marks), scalar)
      .filter((event) => typeof event['source'] !== 'string' || typeof event['detail-type'] !== 'string');
    fc.assert(fc.property(disguised, (event) => void expect(detectSource(event)).toBe('direct')));
  });

  it('comes through no door of an AWS service that it lacks the shape of', () => {
    const needs = { http: 'requestContext', sqs: 'Records', eventbridge: 'detail-type' };
    fc.assert(
      fc.property(object, (event) => {
        const door = detectSource(event);
        for (const [name, member] of Object.entries(needs)) if (door === name) expect(event).toHaveProperty([member]);
      }),
    );
  });

  it('that is no object comes through none', () => {
    const none = fc.jsonValue().filter((event) => typeof event !== 'object' || event === null || Array.isArray(event));
    fc.assert(fc.property(none, (event) => void expect(detectSource(event)).toBe('unsupported')));
  });

  it('gives back the input that it was made of, whatever that is', () => {
    fc.assert(
      fc.property(object, (any) => {
        const body = JSON.stringify(any);
        const parsed: unknown = JSON.parse(body);
        const records = [{ eventSource: 'aws:sqs', messageId: 'm', body: JSON.stringify(enveloped(parsed)) }];
        expect(detectSource({ ...v1, body })).toBe('http');
        expect(http.read({ ...v1, body }, LIMIT).input).toEqual(parsed);
        expect(detectSource({ ...v2, body })).toBe('http');
        expect(http.read({ ...v2, body }, LIMIT).input).toEqual(parsed);
        expect(detectSource(enveloped(parsed))).toBe('eventbridge');
        expect(eventbridge.read(enveloped(parsed), LIMIT).input).toEqual(parsed);
        expect(detectSource({ Records: records })).toBe('sqs');
        expect(recordsOf({ Records: records }).map((record) => callOf(record, LIMIT).input)).toEqual([parsed]);
      }),
    );
  });
});

const LIMIT = 1_048_576;

describe('the HTTP door', () => {
  const statusOf = (event: object): number | undefined => {
    try {
      http.read(event, LIMIT);
      return 200;
    } catch (error) {
      return error instanceof InvalidInputError ? error.status : undefined;
    }
  };

  it.each([
    ['a REST API', v1],
    ['an HTTP API', v2],
    ['a base64 body', { ...v1, body: Buffer.from(v1.body).toString('base64'), isBase64Encoded: true }],
    ['no headers at all', { ...v1, headers: null }],
    ['another case of the header', { ...v1, headers: { 'CONTENT-TYPE': 'Application/JSON; charset=utf-8' } }],
    ['a JSON suffix', { ...v1, headers: { 'content-type': 'application/vnd.example+json' } }],
    ['an empty content type', { ...v1, headers: { 'content-type': '' } }],
    ['a charset in quotation marks', { ...v1, headers: { 'content-type': 'application/json; charset="utf-8"' } }],
    ['a body that begins with a byte order mark', { ...v1, body: `\ufeff${v1.body}` }],
    [
      'a base64 body that begins with a byte order mark',
      { ...v1, body: Buffer.from(`\ufeff${v1.body}`).toString('base64'), isBase64Encoded: true },
    ],
  ])('takes the input of %s', (_, event) => {
    expect(http.read(event, LIMIT).input).toEqual(input);
  });

  it.each([
    ['another content type', 415, { ...v1, headers: { 'Content-Type': 'text/plain' } }],
    ['what only begins like JSON', 415, { ...v1, headers: { 'content-type': 'application/jsonp' } }],
    ['another charset', 415, { ...v1, headers: { 'content-type': 'application/json; charset=iso-8859-1' } }],
    ['two charsets', 415, { ...v1, headers: { 'content-type': 'application/json;charset=utf-8;charset=utf-16' } }],
    ['a body of two byte order marks', 400, { ...v1, body: `\ufeff\ufeff${v1.body}` }],
    ['another HTTP method', 405, { ...v1, httpMethod: 'GET' }],
    ['another HTTP method, of an HTTP API', 405, { ...v2, requestContext: { http: { method: 'PUT' } } }],
    ['no body', 400, { ...v1, body: null }],
    ['an empty body', 400, { ...v1, body: '' }],
    ['a body that is not JSON', 400, { ...v1, body: '{"a":' }],
    ['a body that is not UTF-8', 400, { ...v1, body: '/w==', isBase64Encoded: true }],
    ['JSON nested without end', 400, { ...v1, body: '['.repeat(1_000_000) }],
    ['a long body nested too deep', 400, { ...v1, body: `${'['.repeat(70_000)}1${']'.repeat(70_000)}` }],
    ['a long body of too many members', 400, { ...v1, body: `[${'1,'.repeat(70_000)}1]` }],
    ['a body of one byte too many', 413, { ...v1, body: `"${'a'.repeat(LIMIT - 1)}"` }],
    ['a body with too many bytes in few characters', 413, { ...v1, body: `"${'é'.repeat(LIMIT / 2)}"` }],
    [
      'a base64 body that decodes to one byte too many',
      413,
      { ...v1, body: Buffer.alloc(LIMIT + 1).toString('base64'), isBase64Encoded: true },
    ],
    ['a body that is too large and not JSON', 413, { ...v1, body: '{'.repeat(LIMIT + 1) }],
  ])('refuses %s with %i', (_, status, event) => {
    expect(statusOf(event)).toBe(status);
  });

  it.each([
    ['brackets', '['.repeat(100_000)],
    ['commas', ','.repeat(100_000)],
    ['quotation marks and backslashes', '\\"'.repeat(50_000)],
  ])('takes a long text of %s as a string', (_, text) => {
    expect(http.read({ ...v1, body: JSON.stringify({ text }) }, LIMIT).input).toEqual({ text });
  });

  it('quotes nothing of a body that is not JSON', () => {
    expect(() => http.read({ ...v1, body: '{"canary": canary}' }, LIMIT)).toThrow(
      /body is not JSON: expected a value, at line 1, column 12$/,
    );
  });

  it('says of a body that is an object that it must be a string', () => {
    expect(() => http.read({ ...v1, body: input }, LIMIT)).toThrow(/must be a string of JSON: .*JSON\.stringify/);
  });

  it('answers an error with its problem details', () => {
    const { statusCode, headers, body } = http.fail(
      new ItemNotFoundError({ detail: 'x@y', cause: new Error('canary') }),
      'id',
    ) as { statusCode: number; headers: object; body: string };
    expect({ statusCode, headers, body: JSON.parse(body) }).toEqual({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: {
        type: 'urn:rostbeef:error:ItemNotFoundError',
        title: 'No such user',
        status: 404,
        detail: 'No such user: x@y (404 item-not-found)',
        name: 'ItemNotFoundError',
        requestId: 'id',
        retryable: false,
        code: 404,
        condition: 'item-not-found',
      },
    });
  });

  it('tells what became of both sides', () => {
    const { body } = http.fail(new PartialLinkError({ jid1: 'written', jid2: 'unknown' }), 'id') as { body: string };
    expect(JSON.parse(body)).toMatchObject({
      status: 502,
      retryable: true,
      sides: { jid1: 'written', jid2: 'unknown' },
    });
  });
});

describe('the EventBridge door', () => {
  it.each([
    [enveloped(undefined), 'detail is required'],
    [enveloped('x'), 'detail must be a JSON object'],
    [enveloped([input]), 'detail must be a JSON object'],
    [enveloped(null), 'detail must be a JSON object'],
  ])('says of %j that %s', (event, problem) => {
    expect(() => eventbridge.read(event, LIMIT)).toThrow(InvalidInputError);
    expect(() => eventbridge.read(event, LIMIT)).toThrow(problem);
  });
});

describe('an event of an unsupported source', () => {
  it.each([
    ['null', null, 'received null; send the input as a JSON object'],
    ['a string', JSON.stringify(input), 'received a JSON string; send the input as a JSON object'],
    ['a list', [input], 'received a JSON array'],
    ['a number', 1, 'received a number'],
    ['of SNS', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'subscribe an SQS queue to the topic'],
    ['of S3', { Records: [{ eventSource: 'aws:s3' }] }, 'received an S3 notification'],
    ['of no records', { Records: [] }, 'received empty Records'],
    ['of records of any kind', { Records: ['canary'] }, 'received Records that are not SQS messages'],
    [
      'of a load balancer',
      { ...v1, requestContext: { elb: {} } },
      'received a request of an Application Load Balancer',
    ],
    ['of a WebSocket', { requestContext: { connectionId: 'x' } }, 'received a message of a WebSocket API'],
    ['of no known request', { requestContext: {} }, 'neither httpMethod nor version'],
  ])('%s is described, with what to send', (_, event, words) => {
    expect(describeUnsupported(event)).toContain(words);
    expect(describeUnsupported(event)).not.toContain('canary');
  });

  it('is described whatever it is', () => {
    const events = fc.jsonValue().filter((event) => detectSource(event) === 'unsupported');
    fc.assert(fc.property(events, (event) => void expect(describeUnsupported(event)).toMatch(/^received /)));
  });
});

describe('a response', () => {
  it('is refused exactly if Lambda would refuse it', () => {
    const most = 'x'.repeat(MAX_RESPONSE_BYTES - 2);
    expect(direct.respond(most)).toBe(most);
    expect(() => direct.respond(`${most}x`)).toThrow(ResultTooLargeError);
  });

  it('counts as it is posted, quotes escaped', () => {
    expect(() => http.respond('"'.repeat(MAX_RESPONSE_BYTES / 3))).toThrow(ResultTooLargeError);
  });
});

describe('an error', () => {
  it('has a message that ends with code and condition, and lists the issues', () => {
    const issues = [
      { path: 'jid1', message: 'has an empty domain' },
      { path: '', message: 'must be an object' },
    ];
    expect(new ItemNotFoundError({ detail: 'x', issues }).message).toBe(
      'No such user: x; jid1 has an empty domain; must be an object (404 item-not-found)',
    );
    expect(new InvalidInputError().message).toBe('The input is not valid');
  });

  it('keeps its cause from being serialised', () => {
    const error: RostbeefError = new InvalidInputError({ cause: new Error('canary') });
    expect(JSON.stringify(error)).not.toContain('canary');
  });
});
