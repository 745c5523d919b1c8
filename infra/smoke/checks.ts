/** Checks a deployment. Each check returns a sentence that tells what works, or throws an error that tells what does not. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
  type StateValue,
} from '@aws-sdk/client-cloudwatch';
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

/** The time to wait for the event and the alarm. */
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

/** The bus, and a source of events that its rules accept. */
export interface Bus {
  readonly arn: string;
  readonly source: string;
}

/** A check that must not be made now. */
export class NotTriedError extends Error {
  override readonly name = 'NotTriedError';
}

/**
 * Puts an event that links two accounts, and follows it until the roster shows the link. The nick is new in each run, so
 * that a link of an earlier run is not taken for this one's.
 */
export async function checkEvents(
  client: EventBridgeClient,
  call: CallApi,
  bus: Bus,
  pair: Pair,
  patience: Patience,
): Promise<string> {
  const nick = `Smoke test ${new Date().toISOString()}`;
  const Detail = JSON.stringify({ ...pair, nick1: nick, nick2: nick });
  const entry = { EventBusName: bus.arn, Source: bus.source, DetailType: 'LinkContacts', Detail };
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount !== 0) throw new Error(`the bus refused the event: ${Entries?.[0]?.ErrorMessage}`);
  await eventually(
    patience,
    'expected the roster to show the link: look for the event in the queues and the log',
    async () => {
      const { body } = await call('get_roster', addressOf(pair.jid1));
      return body.includes(`"nick":${JSON.stringify(nick)}`);
    },
  );
  return `an event came through bus, rule, queue and function: ${pair.jid1} and ${pair.jid2} are linked`;
}

/**
 * Sets an alarm off, reads in its history whether CloudWatch could publish it, and restores its state.
 *
 * @throws NotTriedError if the alarm is on already, because a real alarm must stay on
 */
export async function checkAlarm(client: CloudWatchClient, name: string, patience: Patience): Promise<string> {
  const { MetricAlarms: [alarm] = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  const before = alarm?.StateValue ?? 'OK';
  if (before === 'ALARM') throw new NotTriedError(`the alarm ${name} is on: see docs/runbook.md`);
  const set = (state: StateValue) =>
    client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: 'Smoke test' }));
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
    await set(before);
  }
  return `the alarm ${name} reached its topic, and its subscribers got a message`;
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
