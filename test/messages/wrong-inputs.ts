/** Wrong inputs that callers send, as public reports and newcomers' tries have them. */
import type { MethodName } from 'rostbeef-layer';

/** The settings that differ from the valid ones. */
export type Setup = 'usual' | 'restricted' | 'unreachable';

/** An input that goes to a method by HTTP and by direct invocation. */
export interface WrongInput {
  readonly method: MethodName;
  readonly input: unknown;
  readonly setup?: Setup;
  /** How the page names an input that is too long to show. */
  readonly shown?: string;
}

const at = (user: unknown, server: unknown = 'example.com') => ({ user, server });
const read = (input: unknown, setup?: Setup): WrongInput => ({
  method: 'get_presence',
  input,
  ...(setup && { setup }),
});
const link = (changes: object, shown?: string): WrongInput => ({
  method: 'link_contacts',
  input: { jid1: 'alice@example.com', nick1: 'Alice', jid2: 'bob@example.com', nick2: 'Bob', ...changes },
  ...(shown !== undefined && { shown }),
});
const send = (stanza: string, changes: object = {}, setup?: Setup): WrongInput => ({
  method: 'send_stanza',
  input: { from: 'alice@example.com', to: 'bob@example.com', stanza, ...changes },
  ...(setup && { setup }),
});

/** Inputs that are JSON. */
export const WRONG_INPUTS: readonly WrongInput[] = [
  read({}),
  read({ user: 'bob' }),
  read({ user: 'bob', host: 'example.com' }),
  read({ jid: 'bob@example.com' }),
  read(at(7)),
  read(at(null)),
  read(at(['bob'])),
  read(at('bob@example.com')),
  read(at('bob@example.com/phone', '')),
  read(at('')),
  read(at('bob smith')),
  read(at('bob', 'bob@example.com')),
  read(at('bob', 'http://example.com/')),
  read(at('bob', 'example.com:5222')),
  read(at('bob', 'exa mple.com')),
  read(at('bob\u0000')),
  read(at('ghost')),
  read(at('bob', 'nowhere.org')),
  read(at('bob', 'example.org'), 'restricted'),
  read(at('bob'), 'unreachable'),
  { method: 'get_roster', input: { ...at('alice'), maxResults: 0 } },
  { method: 'get_roster', input: { ...at('alice'), maxResults: 1001 } },
  { method: 'get_roster', input: { ...at('alice'), maxResults: '10' } },
  { method: 'get_roster', input: { ...at('alice'), maxResults: 1.5 } },
  { method: 'get_roster', input: { ...at('alice'), nextToken: 'abc' } },
  { method: 'get_resources', input: at('ghost', 'nowhere.org') },
  link({ jid2: undefined }),
  link({ jid1: 'alice' }),
  link({ jid1: 'alice@example.com/phone', jid2: '@example.com' }),
  link({ jid2: 'alice@example.com' }),
  link({ jid2: 'ghost@example.com' }),
  link({ jid1: 'ghost@nowhere.org', jid2: 'bob@nowhere.net' }),
  link({ group: 'Friends' }),
  link({ nick1: 'x'.repeat(1_024) }, 'link_contacts with a nick1 of 1,024 bytes'),
  link({ nick1: 'a\u0007b' }),
  { method: 'unlink_contacts', input: { jid1: 'ghost@example.com', jid2: 'bob@nowhere.org' } },
  send('Hello'),
  send('Tom & Jerry'),
  send(''),
  send('<message><body>Tom & Jerry</body></message>'),
  send('<message><body>a&nbsp;b</body></message>'),
  send('<message><body>2 < 3</body></message>'),
  send('<message><body>Hello</message>'),
  send('<message><body>Hello</body>'),
  send('<message/><message/>'),
  send('<message to=bob/>'),
  send('<?xml version="1.0"?><message/>'),
  send('<message><!-- note --></message>'),
  send('<body>Hello</body>'),
  send('<iq type="get" to="bob@example.com/phone"/>'),
  send('<iq id="1" type="get"/>'),
  send('<presence type="subscribe"/>'),
  send('<message/>', { to: 'example.com' }),
  send('<message/>', { to: 'alice@example.com' }),
  send('<message/>', { to: 'bob@' }),
  send('<message from="x y@example.com"/>'),
  send('<message/>', { idempotencyKey: 'k1' }),
  send('<message/>', { from: 'eve@example.com' }, 'restricted'),
  send('<message/>', {}, 'unreachable'),
];

const good = JSON.stringify(at('bob'));

/** Requests that are wrong before there is an input: what is wrong, and what an API Gateway event has differently. */
export const WRONG_REQUESTS: readonly (readonly [wrong: string, changes: object])[] = [
  ['`GET`', { httpMethod: 'GET' }],
  ['`Content-Type: text/xml`', { headers: { 'Content-Type': 'text/xml' } }],
  [
    '`Content-Type: application/json; charset=iso-8859-1`',
    { headers: { 'content-type': 'application/json; charset=iso-8859-1' } },
  ],
  ['no body', { body: null }],
  ['a body that is an object', { body: at('bob') }],
  ['a body of one byte that is not UTF-8', { body: '/w==', isBase64Encoded: true }],
  ['`{"user":"bob",}`', { body: '{"user":"bob",}' }],
  ["`{'user':'bob'}`", { body: "{'user':'bob'}" }],
  ['`{user:"bob"}`', { body: '{user:"bob"}' }],
  ['`{"user":"bob"`', { body: '{"user":"bob"' }],
  ['`{"user":"bob` and a line break', { body: '{"user":"bob\n' }],
  ['`user=bob&server=example.com`', { body: 'user=bob&server=example.com' }],
  ['two objects, one on each line', { body: `${good}\n${good}` }],
  ['a body of more than 1 MiB', { body: JSON.stringify(at('x'.repeat(1_048_576))) }],
  ['`null`', { body: 'null' }],
  ['`[]`', { body: '[]' }],
  ['a header `Idempotency-Key` where no table is configured', { headers: { 'Idempotency-Key': 'k1' } }],
];

const sqs = (body: string) => ({ Records: [{ messageId: 'm', eventSource: 'aws:sqs', body }] });
const eventBridge = (detail: unknown) => ({ source: 'my.app', 'detail-type': 'Wanted', detail });

/** Events that no function understands, or that hold no input. */
export const WRONG_EVENTS: readonly (readonly [event: string, event: unknown])[] = [
  ['`null`', null],
  ['a JSON string', good],
  ['a JSON array', [at('bob')]],
  ['a number', 7],
  ['a request of an Application Load Balancer', { httpMethod: 'POST', requestContext: { elb: {} }, body: good }],
  ['a message of a WebSocket API', { requestContext: { connectionId: 'c', eventType: 'MESSAGE' }, body: good }],
  ['an empty `requestContext`', { requestContext: {}, body: good }],
  ['an SNS notification', { Records: [{ EventSource: 'aws:sns', Sns: { Message: good } }] }],
  ['an S3 notification', { Records: [{ eventSource: 'aws:s3' }] }],
  ['a batch of a DynamoDB stream', { Records: [{ eventSource: 'aws:dynamodb' }] }],
  ['no records', { Records: [] }],
  ['an SQS batch without message ids', { Records: [{ eventSource: 'aws:sqs', body: good }] }],
  ['an EventBridge event without `detail`', eventBridge(undefined)],
  ['an EventBridge event with a string in `detail`', eventBridge(good)],
  ['an EventBridge event with another input', eventBridge({ name: 'bob' })],
  ['an SQS message that is not JSON', sqs('bob')],
  ['an SQS message with an EventBridge event without `detail`', sqs(JSON.stringify(eventBridge(undefined)))],
  [
    'an SQS message with an SNS envelope of text',
    sqs('{"Type":"Notification","TopicArn":"arn:aws:sns:t","Message":"Hello"}'),
  ],
  [
    'an SQS message with a subscription of SNS to confirm',
    sqs('{"Type":"SubscriptionConfirmation","TopicArn":"arn:aws:sns:t","Message":"You have chosen to subscribe"}'),
  ],
];
