import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type Command, type Given, type Options, runCommand, wholeNumber } from '../command/command.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import { signedCalls } from './call-api.ts';
import { type CallApi, checkAlarm, checkApi, checkDoctor, checkEvents, type Pair, type Patience } from './checks.ts';
import { readDeployment } from './deployment.ts';

const OPTIONS = {
  environment: {
    type: 'string',
    value: 'name',
    required: true,
    help: 'the name of the environment, such as dev',
  },
  jid1: {
    type: 'string',
    value: 'jid',
    help: 'a test user of ejabberd, with --jid2. The API removes the link of the two, and an event makes it again. Without them, neither is checked',
  },
  jid2: { type: 'string', value: 'jid', help: 'the other test user' },
  wait: {
    type: 'string',
    value: 'seconds',
    default: '60',
    help: 'the time to wait for the event and the alarm',
  },
} as const satisfies Options;

const SMOKE: Command<typeof OPTIONS> = {
  name: 'npm run smoke',
  summary:
    'Checks a deployment and says in words what works: the doctor, one signed call to the API, one event and one alarm. ' +
    'Set AWS_REGION and AWS credentials of its account.',
  options: OPTIONS,
  notes:
    'The alarm’s subscribers get a message. An alarm that is already on stays as it is. Ends with status 0 if everything ' +
    'that was tried works, 1 if something fails, 2 if the command line is wrong.',
  example: '--environment dev --jid1 alice@example.com --jid2 bob@example.com',
};

const NEEDS_PAIR = 'not tried: --jid1 and --jid2 are required, two test users';

/** A check, or the reason why it is not made. */
type Check = readonly [name: string, check: (() => Promise<string>) | string];

async function main({ environment, jid1, jid2, wait }: Given<typeof OPTIONS>['values']): Promise<number> {
  if (environment === undefined) throw new UsageError('--environment is required.');
  if ((jid1 === undefined) !== (jid2 === undefined)) throw new UsageError('--jid1 and --jid2 belong together.');
  const seconds = wholeNumber(wait, '--wait', 0, 9_999);
  const pair = jid1 !== undefined && jid2 !== undefined ? { jid1, jid2 } : undefined;
  const failed = new Set<string>();
  for (const [name, check] of await checksOf(environment, pair, { seconds })) {
    const result =
      typeof check === 'string'
        ? check
        : name === 'events' && failed.has('API')
          ? 'not tried: the event is checked by calls to the API, which does not work'
          : await check().then((text) => `ok: ${text}`, failureText);
    if (result.startsWith('failed')) failed.add(name);
    console.log(`${name.padEnd(8)} ${result}`);
  }
  return failed.size === 0 ? 0 : 1;
}

async function checksOf(environment: string, pair: Pair | undefined, patience: Patience): Promise<readonly Check[]> {
  const { doctorArn, apiUrl, busArn, eventSource, alarm } = await readDeployment(new SSMClient(), environment);
  const region = (await new LambdaClient().config.region()) ?? '';
  const call: CallApi | undefined = apiUrl === undefined ? undefined : signedCalls(apiUrl, region);
  const absent = (stack: string) => `not tried: the stack rostbeef-${environment}-${stack} is not deployed`;
  return [
    ['doctor', doctorArn === undefined ? absent('functions') : () => checkDoctor(new LambdaClient(), doctorArn)],
    ['API', call === undefined ? absent('api') : pair === undefined ? NEEDS_PAIR : () => checkApi(call, pair)],
    [
      'events',
      busArn === undefined || eventSource === undefined
        ? 'not tried: the deployment has no events'
        : call === undefined || pair === undefined
          ? NEEDS_PAIR
          : () => checkEvents(new EventBridgeClient(), call, { bus: busArn, source: eventSource }, pair, patience),
    ],
    ['alarm', alarm === undefined ? absent('monitoring') : () => checkAlarm(new CloudWatchClient(), alarm, patience)],
  ];
}

function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `failed: ${String(error)}`;
  const { cause } = error;
  return `failed: ${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}`;
}

await runCommand(SMOKE, async ({ values }) => {
  try {
    return await main(values);
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof Error)) throw error;
    throw new CommandError(error.message);
  }
});
