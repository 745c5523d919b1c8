/** The checks of a deployment. Each says in a sentence what worked, or throws an error that says what did not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudWatchClient, DescribeAlarmHistoryCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Report } from '../../functions/operations/doctor/report.ts';

/** Two accounts of ejabberd that may be linked with each other. */
export interface Pair {
  readonly jid1: string;
  readonly jid2: string;
}

/** Calls a method of the API with a signature, and returns status and body. */
export type CallApi = (method: string, input: object) => Promise<{ readonly status: number; readonly body: string }>;

/** How long to wait for what takes a moment on AWS. */
export interface Patience {
  readonly seconds: number;
}

const PAUSE_MS = 1_000;

/** Invokes the doctor, which looks at ejabberd from the functions' VPC. */
export async function checkDoctor(client: LambdaClient, arn: string): Promise<string> {
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: arn, Payload: '{}' }));
  const text = Payload?.transformToString() ?? '';
  if (FunctionError !== undefined) throw new Error(`the doctor failed: ${text}`);
  const report: Report = JSON.parse(text);
  const failed = report.findings.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) throw new Error(failed.map(({ check, found }) => `${check}: ${found}`).join('; '));
  return `the functions reach ejabberd: ${report.findings.length} checks, none failed`;
}

/** Signs a call and reads a presence, which changes nothing. */
export async function checkApi(call: CallApi, { jid1 }: Pair): Promise<string> {
  const { status, body } = await call('get_presence', addressOf(jid1));
  if (status !== 200) throw new Error(`expected status 200 of get_presence, but got ${status}: ${body}`);
  return `the API takes a signed call, and answers ${body}`;
}

/** Puts an event that links two accounts, and follows it until the roster shows the link. */
export async function checkEvents(
  client: EventBridgeClient,
  call: CallApi,
  bus: string,
  pair: Pair,
  patience: Patience,
): Promise<string> {
  const Detail = JSON.stringify({ ...pair, nick1: pair.jid1, nick2: pair.jid2 });
  const entry = { EventBusName: bus, Source: 'rostbeef.smoke', DetailType: 'LinkContacts', Detail };
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount !== 0) throw new Error(`the bus refused the event: ${Entries?.[0]?.ErrorMessage}`);
  await eventually(
    patience,
    'expected the roster to show the link: look for the event in the queues and the log',
    async () => {
      const { body } = await call('get_roster', addressOf(pair.jid1));
      return body.includes(`"jid":${JSON.stringify(pair.jid2)}`);
    },
  );
  return `an event came through bus, rule, queue and function: ${pair.jid1} and ${pair.jid2} are linked`;
}

/** Sets an alarm off, and sees in its history whether CloudWatch could publish it. */
export async function checkAlarm(client: CloudWatchClient, name: string, patience: Patience): Promise<string> {
  const set = (StateValue: 'ALARM' | 'OK') =>
    client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: 'Smoke test' }));
  const StartDate = new Date();
  await set('ALARM');
  try {
    await eventually(
      patience,
      'expected the topic to take the alarm: look at the policies of the topic and its key',
      async () => {
        const query = { AlarmName: name, HistoryItemType: 'Action', StartDate } as const;
        const { AlarmHistoryItems = [] } = await client.send(new DescribeAlarmHistoryCommand(query));
        return AlarmHistoryItems.some(({ HistorySummary = '' }) =>
          HistorySummary.startsWith('Successfully executed action'),
        );
      },
    );
  } finally {
    await set('OK');
  }
  return `the alarm ${name} reached its topic; its subscribers got it, and that it is over`;
}

function addressOf(jid: string) {
  const [user = '', server = ''] = jid.split('@');
  return { user, server };
}

async function eventually({ seconds }: Patience, complaint: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited <= seconds * 1_000; waited += PAUSE_MS) {
    if (await holds()) return;
    await sleep(PAUSE_MS);
  }
  throw new Error(complaint);
}
