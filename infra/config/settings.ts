/** What a deployment can be told: the keys of the CDK context, their form, default and meaning. */
import { isIPv4 } from 'node:net';
import * as z from 'zod';

/**
 * An array, or one text with commas: behind `-c key=value` everything is text. A comma after the last entry is no error.
 * A list that holds nothing is one, because without a list everything is allowed.
 */
const list = (item: z.ZodType<string, string>) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? entriesOf(value) : value),
    z.array(z.string().regex(/\S/, 'must not be empty').pipe(item), 'must be a list').nonempty('must not be empty'),
  );

function entriesOf(text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries.at(-1) === '' ? entries.slice(0, -1) : entries;
}

const number = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  const fromText = (value: unknown) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
  return z.preprocess(fromText, z.int(message).min(least, message).max(most, message));
};

const boolean = z.preprocess(
  (value) => ({ true: true, false: false })[String(value)],
  z.boolean('must be true or false'),
);

const form = (pattern: RegExp, words: string) => z.string(`must be ${words}`).regex(pattern, `must be ${words}`);

const oneOf = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, `must be one of ${values.map((value) => `"${value}"`).join(', ')}`);

const kmsKeyArn = form(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/\S+$/, 'the ARN of a KMS key');

const completeSecretArn = form(
  /^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:\S+-[A-Za-z0-9]{6}$/,
  'a secret’s complete ARN, with the hyphen and six characters at its end',
);

const id = (prefix: string, what: string) =>
  form(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `the id of ${what} (${prefix}-…)`);

const accountId = form(/^\d{12}$/, 'the 12 digits of an AWS account');

const isRange = (text: string) => {
  const [address = '', bits = ''] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
};

const cidr = z.string().refine(isRange, 'must be an IPv4 range such as 10.0.0.0/16');

const peer = z
  .string()
  .refine(
    (text) => /^(?:sg|pl)-[0-9a-f]{8,17}$/.test(text) || isRange(text),
    'must be a security group (sg-…), a prefix list (pl-…) or an IPv4 range such as 10.0.0.10/32',
  );

/** CloudWatch takes no other numbers of days. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

/** Every key with its schema. `describe` is the documentation of the key. */
export const settingsSchema = z.strictObject({
  account: accountId
    .optional()
    .describe('The AWS account of this environment. With it, the app refuses credentials of any other account.'),
  region: form(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a Region such as eu-west-1')
    .optional()
    .describe('The Region of this environment. With it, the app refuses credentials that are set to any other Region.'),
  ejabberdUrl: z.string('is missing').describe('Where `ejabberd_xmlrpc` listens: `http(s)://host:port/path`.'),
  ejabberdDialect: oneOf('ejabberd', 'rostbeef')
    .default('ejabberd')
    .describe('`ejabberd` for stock ejabberd, `rostbeef` for the classic servers.'),
  ejabberdCaFile: z
    .string()
    .optional()
    .describe(
      'A file with the certificate of the authority to trust for ejabberd, in PEM. By default those that Node.js trusts.',
    ),
  ejabberdPeers: list(peer)
    .optional()
    .describe(
      'Where ejabberd is, for the security group: ranges, security groups or prefix lists. By default the address in `ejabberdUrl`; for a host name, the VPC’s whole range.',
    ),
  openEjabberdPeers: boolean
    .default(false)
    .describe(
      'Whether to let the functions into each security group in `ejabberdPeers`, on ejabberd’s port. By default nothing outside the stacks is changed.',
    ),
  ejabberdServers: list(z.string()).optional().describe('The vhosts that callers may name. By default all.'),
  ejabberdSenders: list(z.string())
    .optional()
    .describe('The bare JIDs and domains that may stand as a stanza’s sender. By default all.'),
  ejabberdStanzas: oneOf('users', 'any')
    .default('users')
    .describe(
      '`users`: stanzas go to users only. `any`: also to the server and to services. `any` needs `ejabberdSenders` with bare JIDs only.',
    ),
  ejabberdMaxStanzaBytes: number(1024, 16 * 1024 * 1024)
    .default(256 * 1024)
    .describe('The most bytes of UTF-8 that a stanza may have.'),
  ejabberdTimeoutMs: number(1000, 25_000)
    .default(10_000)
    .describe('Milliseconds for a whole call. API Gateway waits for 29 seconds.'),
  ejabberdMaxResponseBytes: number(1024, 64 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('The most bytes that an answer of ejabberd may have.'),
  maxConcurrency: number(9, 10_000)
    .optional()
    .describe(
      'The most connections to ejabberd at a time, of all functions together: their concurrency is reserved so. By default nothing is reserved, for a small account has nothing to reserve.',
    ),
  secretArn: completeSecretArn
    .optional()
    .describe(
      'An existing secret with `{"user", "server", "password"}`. Without it, one is made for `ejabberdAccount`.',
    ),
  secretKeyArn: kmsKeyArn
    .optional()
    .describe('The customer-managed key of that secret. Without it, the secret is under `aws/secretsmanager`.'),
  ejabberdAccount: form(/^[^@\s/]+@[^@\s/]+$/, 'a bare JID such as rostbeef@example.com')
    .optional()
    .describe('The bare JID of the account that the functions call ejabberd as, where no `secretArn` is given.'),
  rotationAdminSecretArn: completeSecretArn
    .optional()
    .describe(
      'The secret of an ejabberd administrator who may run `change_password`. With it, the account’s password is rotated.',
    ),
  rotationAdminSecretKeyArn: kmsKeyArn.optional().describe('The customer-managed key of that secret.'),
  rotationDays: number(1, 1000).default(30).describe('Days between rotations.'),
  vpcId: id('vpc', 'a VPC')
    .optional()
    .describe('An existing VPC. Without it, a new one with isolated subnets is made.'),
  subnetIds: list(id('subnet', 'a subnet'))
    .optional()
    .describe(
      'Its subnets for the functions, one for each Availability Zone. Without them the VPC is looked up, which takes AWS credentials, and one private subnet in each zone is used.',
    ),
  vpcCidr: cidr
    .optional()
    .describe('The range of the VPC: of the new one (by default `10.0.0.0/16`), or of that in `vpcId`.'),
  secretsManagerEndpoint: boolean
    .default(true)
    .describe('Whether to make an interface endpoint for Secrets Manager: `false` where the VPC has one, or a NAT.'),
  secretsManagerPeers: list(peer)
    .optional()
    .describe(
      'Where Secrets Manager is, for the security group, if no endpoint is made. By default the VPC’s whole range.',
    ),
  idempotency: boolean
    .optional()
    .describe(
      'Whether a DynamoDB table keeps the keys of `send_stanza`, so that no stanza is sent twice. By default it is made with `events=true`, and not without.',
    ),
  idempotencyTtlSeconds: number(3_600, 31_536_000)
    .optional()
    .describe('Seconds that a key is kept. By default 15 days.'),
  dynamodbPrefixListId: id('pl', 'the prefix list of DynamoDB in the Region')
    .optional()
    .describe(
      'Where DynamoDB is, for the security group, if there is a table of keys: `aws ec2 describe-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.<region>.dynamodb` tells it.',
    ),
  dynamodbEndpoint: boolean
    .default(true)
    .describe('Whether to make a gateway endpoint for that table: `false` where the VPC has one, or a NAT.'),
  routeTableIds: list(id('rtb', 'a route table'))
    .optional()
    .describe('The route tables of `subnetIds`, for the gateway endpoint.'),
  apiAccess: oneOf('iam', 'private')
    .default('iam')
    .describe(
      '`iam`: a regional API. `private`: one that is reached through a VPC endpoint only. Both require IAM signatures.',
    ),
  apiVpcEndpointId: id('vpce', 'a VPC endpoint')
    .optional()
    .describe('The VPC’s endpoint for `execute-api`, for a private API. Without it, one is made.'),
  apiAccounts: list(accountId)
    .optional()
    .describe('Other AWS accounts whose identities may call the API, if their own policies allow it too.'),
  apiPeers: list(peer)
    .optional()
    .describe(
      'Where callers of a private API are: ranges, such as those of peered VPCs, security groups or prefix lists. By default the VPC’s whole range.',
    ),
  apiRateLimit: number(1, 10_000).default(100).describe('Requests a second that the API lets through.'),
  apiBurstLimit: number(1, 5000).default(200).describe('Requests at once that the API lets through.'),
  apiAccountLogging: boolean
    .default(true)
    .describe(
      'Whether to set the role by which API Gateway writes logs. There is one for each account and Region, so it stays when the stack is deleted. `false` if it is set already.',
    ),
  events: boolean.default(false).describe('Whether events ask for the methods that write, by a bus, rules and queues.'),
  eventBusName: z.string().optional().describe('An existing bus. Without it, a new one is made.'),
  eventSources: list(z.string())
    .optional()
    .describe('The `source` of the events that count, separated by commas. By default all.'),
  eventAccounts: list(accountId).optional().describe('Other AWS accounts that may put events on the bus.'),
  eventMaxReceiveCount: number(1, 1000)
    .optional()
    .describe(
      'How often an event is tried before it goes to the dead-letter queue. By default as often as six hours without ejabberd take.',
    ),
  workflows: boolean
    .default(false)
    .describe('Whether to make the state machines for bulk operations and for onboarding, with their bucket.'),
  workflowBucketName: form(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')
    .optional()
    .describe(
      'An existing bucket in the same account and Region, for files of operations and their results. Without it, a new one is made.',
    ),
  workflowConcurrency: number(1, 1_000)
    .optional()
    .describe(
      'Operations of a workflow at a time, at most what is reserved for a function. By default 10, or half of what `maxConcurrency` reserves if that is less.',
    ),
  workflowExecutionData: boolean
    .optional()
    .describe(
      'Whether the logs of the state machines hold inputs and outputs: nicks and stanzas. By default they do not.',
    ),
  doctorMinutes: number(1, 60).default(5).describe('Minutes between the checks of ejabberd.'),
  alarmEmail: form(/^\S+@\S+$/, 'an e-mail address')
    .optional()
    .describe('Who gets the alarms, once they confirm it.'),
  logRetentionDays: z
    .preprocess(Number, z.literal(RETENTION_DAYS, `must be one of ${RETENTION_DAYS.join(', ')}`))
    .default(30)
    .describe('Days that logs are kept.'),
  retain: boolean
    .default(true)
    .describe(
      'Whether the secret, its key and the logs outlive the stacks, and the stacks are protected from being deleted.',
    ),
  owner: z.string().optional().describe('A tag on every resource.'),
});

/** A checked configuration. */
export type Settings = z.infer<typeof settingsSchema>;
