/** The keys of the CDK context: form, default and meaning. */
import * as z from 'zod';
import { prefixLength } from './ipv4-range.ts';

/**
 * An array, or one text with commas, because `-c key=value` gives text. A comma after the last entry is allowed.
 * An empty list is an error, because a missing list allows everything.
 */
const list = (item: z.ZodType<string, string>) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? entriesOf(value) : value),
    z
      .array(z.string().regex(/\S/, 'must not be empty').pipe(item), 'must be a list')
      .nonempty('must not be empty')
      .superRefine((entries, { addIssue }) => {
        const repeated = entries.find((entry, index) => entries.indexOf(entry) < index);
        if (repeated !== undefined) addIssue(`must not have ${repeated} twice: remove one`);
      }),
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

const peer = z
  .string()
  .refine(
    (text) => /^(?:sg|pl)-[0-9a-f]{8,17}$/.test(text) || prefixLength(text) !== undefined,
    'must be a security group (sg-…), a prefix list (pl-…) or an IPv4 range such as 10.0.0.10/32',
  );

/** CloudWatch Logs accepts these numbers of days only. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

/** The schemas of all keys. `describe` is the text in docs/context.md. */
export const settingsSchema = z.strictObject({
  account: accountId
    .optional()
    .describe('The AWS account of this environment. With it, the app refuses credentials of any other account.'),
  region: form(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a Region such as eu-west-1')
    .optional()
    .describe('The Region of this environment. With it, the app refuses credentials that are set to any other Region.'),
  ejabberdUrl: z.string('is required').describe('The URL of `ejabberd_xmlrpc`: `http(s)://host:port/path`.'),
  ejabberdDialect: oneOf('ejabberd', 'rostbeef')
    .default('ejabberd')
    .describe('`ejabberd` for stock ejabberd, `rostbeef` for the classic servers.'),
  ejabberdCaFile: z
    .string()
    .optional()
    .describe(
      'A PEM file with the certificate of the authority to trust for ejabberd. By default the authorities that Node.js trusts.',
    ),
  ejabberdPeers: list(peer)
    .optional()
    .describe(
      'The peers that contain ejabberd, for the security group: IPv4 ranges, security groups or prefix lists. By default the address in `ejabberdUrl`; for a host name, the VPC’s whole range.',
    ),
  openEjabberdPeers: boolean
    .default(false)
    .describe(
      'Whether to allow the functions into each security group in `ejabberdPeers`, on ejabberd’s port. By default nothing outside the stacks is changed.',
    ),
  ejabberdServers: list(z.string()).optional().describe('The vhosts that callers may name. By default all.'),
  ejabberdSenders: list(z.string())
    .optional()
    .describe('The bare JIDs and domains that may be the sender of a stanza. By default all.'),
  ejabberdStanzas: oneOf('users', 'any')
    .default('users')
    .describe(
      '`users`: stanzas go to users only. `any`: also to the server and to services, and `ejabberdSenders` must list bare JIDs only.',
    ),
  ejabberdMaxStanzaBytes: number(1024, 16 * 1024 * 1024)
    .default(256 * 1024)
    .describe('The most bytes of UTF-8 that a stanza may have.'),
  ejabberdTimeoutMs: number(1000, 25_000)
    .default(10_000)
    .describe('Milliseconds for a whole call. API Gateway waits for 29 seconds.'),
  ejabberdMaxResponseBytes: number(1024, 64 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .describe('The most bytes that a response of ejabberd may have.'),
  maxConcurrency: number(9, 10_000)
    .optional()
    .describe(
      'The most connections to ejabberd at a time, of all functions together. It reserves concurrency for each function. By default there is no limit, because a small account has no concurrency to reserve.',
    ),
  secretArn: completeSecretArn
    .optional()
    .describe(
      'The complete ARN of an existing secret with `{"user", "server", "password"}`, in the Region of the stacks. By default a secret is created for `ejabberdAccount`.',
    ),
  secretKeyArn: kmsKeyArn
    .optional()
    .describe('The customer-managed key of that secret. By default `aws/secretsmanager`.'),
  ejabberdAccount: form(/^[^@\s/]+@[^@\s/]+$/, 'a bare JID such as rostbeef@example.com')
    .optional()
    .describe('The bare JID of the account that the functions call ejabberd as, if there is no `secretArn`.'),
  rotationAdminSecretArn: completeSecretArn
    .optional()
    .describe(
      'The complete ARN of the secret of an ejabberd administrator who may run `change_password`. With it, the account’s password is rotated.',
    ),
  rotationAdminSecretKeyArn: kmsKeyArn.optional().describe('The customer-managed key of that secret.'),
  rotationDays: number(1, 1000).default(30).describe('Days between rotations.'),
  vpcId: id('vpc', 'a VPC')
    .optional()
    .describe('An existing VPC. By default a new VPC with isolated subnets is created.'),
  subnetIds: list(id('subnet', 'a subnet'))
    .optional()
    .describe(
      'Its subnets for the functions, one for each Availability Zone. By default the VPC is looked up, which requires AWS credentials, and one private subnet in each zone is used.',
    ),
  vpcCidr: z
    .string()
    .optional()
    .describe(
      'The IPv4 range of the VPC. A new VPC takes `/16` to `/23`, because it has two subnets of `/24`, and `10.0.0.0/16` by default. The VPC in `vpcId` has `/16` to `/28`.',
    ),
  secretsManagerEndpoint: boolean
    .default(true)
    .describe(
      'Whether to create an interface endpoint for Secrets Manager. Set `false` if the VPC has one, or a NAT gateway.',
    ),
  secretsManagerPeers: list(peer)
    .optional()
    .describe(
      'The peers that contain Secrets Manager, for the security group, if no endpoint is created. By default the VPC’s whole range.',
    ),
  idempotency: boolean
    .optional()
    .describe(
      'Whether to create the DynamoDB table of idempotency keys, so that no stanza is sent twice. By default it is created with `events=true`.',
    ),
  idempotencyTtlSeconds: number(3_600, 31_536_000)
    .optional()
    .describe('Seconds that a key is kept. By default 15 days.'),
  dynamodbPrefixListId: id('pl', 'the prefix list of DynamoDB in the Region')
    .optional()
    .describe(
      'The prefix list of DynamoDB, for the security group, if there is a table of keys. `aws ec2 describe-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.<region>.dynamodb` prints its id.',
    ),
  dynamodbEndpoint: boolean
    .default(true)
    .describe('Whether to create a gateway endpoint for that table. Set `false` if the VPC has one, or a NAT gateway.'),
  routeTableIds: list(id('rtb', 'a route table'))
    .optional()
    .describe('The route tables of `subnetIds`, for the gateway endpoint.'),
  apiAccess: oneOf('iam', 'private')
    .default('iam')
    .describe(
      '`iam`: a regional API. `private`: an API that only a VPC endpoint reaches. Both require IAM signatures.',
    ),
  apiVpcEndpointId: id('vpce', 'a VPC endpoint')
    .optional()
    .describe('The VPC’s endpoint for `execute-api`, for a private API. By default an endpoint is created.'),
  apiAccounts: list(accountId)
    .optional()
    .describe('Other AWS accounts whose identities may call the API, if their own policies allow it too.'),
  apiPeers: list(peer)
    .optional()
    .describe(
      'The peers that contain callers of a private API: IPv4 ranges, such as those of peered VPCs, security groups or prefix lists. By default the VPC’s whole range.',
    ),
  apiRateLimit: number(1, 10_000).default(100).describe('The most requests a second that the API accepts.'),
  apiBurstLimit: number(1, 5000).default(200).describe('The most requests at once that the API accepts.'),
  apiAccountLogging: boolean
    .default(true)
    .describe(
      'Whether to set the role by which API Gateway writes logs. Each account and Region has one, so it is kept when the stack is deleted. Set `false` if the account has one.',
    ),
  events: boolean.default(false).describe('Whether events invoke the methods that write, by a bus, rules and queues.'),
  eventBusName: form(/^[\w./-]{1,256}$/, 'the name of a bus and not its ARN, of letters, digits, ".", "-", "_" and "/"')
    .optional()
    .describe('The name of an existing bus. By default a new bus is created.'),
  eventSources: list(z.string()).optional().describe('The values of `source` that the rules take. By default any.'),
  eventAccounts: list(accountId).optional().describe('Other AWS accounts that may put events on a new bus.'),
  eventMaxReceiveCount: number(1, 1000)
    .optional()
    .describe(
      'The number of times that an event is received before it goes to the dead-letter queue. By default enough for six hours without ejabberd.',
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
    .describe('The address that gets the alarms after its owner confirms it.'),
  logRetentionDays: z
    .preprocess(Number, z.literal(RETENTION_DAYS, `must be one of ${RETENTION_DAYS.join(', ')}`))
    .default(30)
    .describe('Days for which logs are kept.'),
  retain: boolean
    .default(true)
    .describe(
      'Whether data and logs are kept when the stacks are deleted, and the stacks have termination protection.',
    ),
  owner: z.string().optional().describe('A tag on every resource.'),
});

/** The checked settings of an environment. */
export type Settings = z.infer<typeof settingsSchema>;
