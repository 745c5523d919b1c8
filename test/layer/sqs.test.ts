import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../functions/layer/errors/index.ts';
import { callOf, recordsOf, respondToBatch } from '../../functions/layer/events/sqs.ts';

const queue = 'arn:aws:sqs:eu-west-1:123456789012:links';

const batch = (arn: string, ...messages: readonly (readonly [id: string, group?: string])[]) =>
  recordsOf({
    Records: messages.map(([messageId, MessageGroupId]) => ({
      messageId,
      body: '{}',
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      attributes: { ApproximateReceiveCount: '3', ...(MessageGroupId !== undefined && { MessageGroupId }) },
    })),
  });

/** Runs a batch of which these fail; tells what ran, and what was reported. */
async function outcome(records: ReturnType<typeof batch>, ...failing: readonly string[]) {
  const ran: string[] = [];
  const { batchItemFailures } = await respondToBatch(records, 1_048_576, async ({ messageId }) => {
    ran.push(messageId);
    await Promise.resolve();
    return !failing.includes(messageId);
  });
  return { ran: ran.sort(), failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

describe('a batch of a standard queue', () => {
  it('reports just the records that failed, and runs all', async () => {
    const records = batch(queue, ['a'], ['b'], ['c']);
    expect(await outcome(records)).toEqual({ ran: ['a', 'b', 'c'], failed: [] });
    expect(await outcome(records, 'b')).toEqual({ ran: ['a', 'b', 'c'], failed: ['b'] });
    expect(await outcome(records, 'c', 'b', 'a')).toEqual({ ran: ['a', 'b', 'c'], failed: ['a', 'b', 'c'] });
  });

  it('has no order between the records of a message group, which fair queues have too', async () => {
    expect(await outcome(batch(queue, ['a', 'g'], ['b', 'g']), 'a')).toEqual({ ran: ['a', 'b'], failed: ['a'] });
  });

  it('of more records than run at once is run to its end', async () => {
    const ids = Array.from({ length: 1000 }, (_, number) => [`m${number}`] as const);
    expect((await outcome(batch(queue, ...ids), 'm999')).failed).toEqual(['m999']);
  });

  it('tells how often a record was received', () => {
    expect(batch(queue, ['a'])).toMatchObject([{ messageId: 'a', receives: 3, group: undefined }]);
  });
});

describe('records about the same two users', () => {
  const [a, b] = ['a@example.com', 'b@example.com'];
  const record = (messageId: string, body: unknown, group?: string) => ({
    messageId,
    body: JSON.stringify(body),
    receives: 1,
    group,
  });

  /** Tells in which order records began and ended, of which the earlier ones take longer. */
  async function courseOf(records: ReturnType<typeof recordsOf>): Promise<readonly string[]> {
    const course: string[] = [];
    let turns = records.length;
    await respondToBatch(records, 1_048_576, async ({ messageId }) => {
      course.push(`${messageId} begins`);
      turns -= 1;
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      course.push(`${messageId} ends`);
      return true;
    });
    return course;
  }

  it('run one after another in their order, whichever user is named first and however it is spelled', async () => {
    const records = [
      record('link', { jid1: a, jid2: b }),
      record('other', { jid1: a, jid2: 'c@example.com' }),
      record('unlink', { jid1: b.toUpperCase(), jid2: a }),
      record('again', { 'detail-type': 'x', source: 'app', detail: { jid1: a, jid2: b } }),
    ];
    const course = await courseOf(records);
    const ofPair = course.filter((step) => !step.startsWith('other'));
    expect(ofPair).toEqual(['link begins', 'link ends', 'unlink begins', 'unlink ends', 'again begins', 'again ends']);
    expect(course.indexOf('other begins')).toBeLessThan(course.indexOf('link ends'));
  });

  it('keep their order across the groups of a FIFO queue, and fail by themselves', async () => {
    const records = [
      record('one', { jid1: a, jid2: b }, 'g1'),
      record('two', { jid1: a, jid2: b }, 'g2'),
      record('three', {}, 'g1'),
    ];
    expect((await courseOf(records)).slice(0, 3)).toEqual(['one begins', 'one ends', 'two begins']);
    const { batchItemFailures } = await respondToBatch(
      records,
      1_048_576,
      async ({ messageId }) => messageId !== 'one',
    );
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['one', 'three']);
  });
});

describe('a batch of a FIFO queue', () => {
  it('ends each group at its first failure, and no other group', async () => {
    const records = batch(`${queue}.fifo`, ['a1', 'a'], ['b1', 'b'], ['a2', 'a'], ['b2', 'b'], ['a3', 'a']);
    expect(await outcome(records, 'a2', 'b2')).toEqual({
      ran: ['a1', 'a2', 'b1', 'b2'],
      failed: ['a2', 'b2', 'a3'],
    });
  });
});

describe('a record', () => {
  const input = { user: 'alice', server: 'example.com' };
  const callIn = (body: unknown) => callOf({ messageId: 'm', receives: 1, group: undefined, body }, 1_048_576);
  const inputIn = (body: unknown) => callIn(body).input;
  const envelope = { source: 'app', 'detail-type': 'x', id: 'e', detail: input };
  const notification = (members: object) =>
    JSON.stringify({ Type: 'Notification', MessageId: 'n', TopicArn: 'arn:aws:sns:eu-west-1:1:t', ...members });

  it('holds the input, bare or in an EventBridge envelope', () => {
    expect(inputIn(JSON.stringify(input))).toEqual(input);
    expect(inputIn(JSON.stringify({ source: 'app', 'detail-type': 'x', detail: input }))).toEqual(input);
  });

  it.each([['not JSON'], [''], [undefined]])('of %j is refused, and not quoted', (body) => {
    expect(() => inputIn(body)).toThrow(InvalidInputError);
    expect(() => inputIn(body)).toThrow(/is not JSON: expected a value, at line 1, column 1$/);
  });

  it('holds the input in an SNS envelope, also in an EventBridge envelope inside', () => {
    expect(inputIn(notification({ Message: JSON.stringify(input) }))).toEqual(input);
    expect(inputIn(notification({ Message: JSON.stringify(envelope) }))).toEqual(input);
  });

  it('is known by the id of the event, or else of the publication, or else of the message', () => {
    expect(callIn(JSON.stringify(input)).key).toEqual({ source: 'messageId', value: 'm' });
    expect(callIn(notification({ Message: JSON.stringify(input) })).key).toEqual({ source: 'messageId', value: 'n' });
    expect(callIn(notification({ Message: JSON.stringify(envelope) })).key).toEqual({ source: 'event id', value: 'e' });
  });

  it.each([
    ['a broken Message', { Message: '{' }, /the SNS Message is not JSON: .* at line 1, column 2$/],
    ['no Message', {}, /Message must be a string of JSON$/],
    ['an object as Message', { Message: input }, /Message must be a string of JSON$/],
    [
      'a subscription to confirm',
      { Type: 'SubscriptionConfirmation', Message: 'x' },
      /must have the type Notification/,
    ],
    ['a Message too large', { Message: `"${'a'.repeat(1_048_576)}"` }, /must have at most 1048576 bytes/],
  ])('of SNS with %s is refused', (_, members, problem) => {
    expect(() => inputIn(notification(members))).toThrow(InvalidInputError);
    expect(() => inputIn(notification(members))).toThrow(problem);
  });

  it('with an EventBridge envelope whose detail is a string is refused', () => {
    expect(() => inputIn(JSON.stringify({ ...envelope, detail: 'x' }))).toThrow(/detail must be a JSON object/);
  });
});
