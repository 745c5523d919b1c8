import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { commandLine, UsageError } from '../local/options.ts';
import { signedCalls } from './call-api.ts';
import { type CallApi, checkAlarm, checkApi, checkDoctor, checkEvents, type Pair, type Patience } from './checks.ts';
import { readDeployment } from './deployment.ts';

const usage = `Usage: npm run smoke -- --environment <name> [--jid1 <jid> --jid2 <jid>] [--wait <seconds>]

Checks a deployment and says in words what works: the doctor, one signed call to the API, one event and
one alarm. Set AWS_REGION and AWS credentials of its account.

  --environment <name>   the name of the environment, such as dev
  --jid1 <jid>           two test users of ejabberd. Their link is removed by the API and made again by an
  --jid2 <jid>           event. Without them, neither the API nor the event is checked
  --wait <seconds>       how long to wait for the event and the alarm (default: 60)
  --help                 print this

The alarm's subscribers get a message. An alarm that is already on stays as it is. Ends with status 0 if
everything that was tried works, else 1.`;

const NEEDS_PAIR = 'not tried: --jid1 and --jid2 are required, two test users';

/** A check, or the reason why it is not made. */
type Check = readonly [name: string, check: (() => Promise<string>) | string];

async function main(): Promise<number> {
  const {
    environment,
    jid1,
    jid2,
    wait = '60',
    help = false,
  } = commandLine(process.argv.slice(2), {
    environment: { type: 'string' },
    jid1: { type: 'string' },
    jid2: { type: 'string' },
    wait: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (help) {
    console.log(usage);
    return 0;
  }
  if (environment === undefined) throw new UsageError('--environment is required.');
  if ((jid1 === undefined) !== (jid2 === undefined)) throw new UsageError('--jid1 and --jid2 belong together.');
  if (!/^\d{1,4}$/.test(wait)) throw new UsageError(`--wait must be a number of seconds, not ${JSON.stringify(wait)}.`);
  const pair = jid1 !== undefined && jid2 !== undefined ? { jid1, jid2 } : undefined;
  const failed = new Set<string>();
  for (const [name, check] of await checksOf(environment, pair, { seconds: Number(wait) })) {
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

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const hint = error instanceof UsageError ? ' See npm run smoke -- --help.' : '';
    console.error(`${error instanceof Error ? error.message : String(error)}${hint}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  },
);
