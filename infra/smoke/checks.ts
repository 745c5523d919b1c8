/** The checks of a deployment. Each returns a sentence about what worked, or throws an error that says what failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Report } from '../../functions/operations/doctor/report.ts';

/** Two test accounts of ejabberd. Their link is removed and made again. */
export interface Pair {
  readonly jid1: string;
  readonly jid2: string;
}

/** Calls a method of the API, signed. */
export type CallApi = (method: string, input: object) => Promise<{ readonly status: number; readonly body: string }>;

/** How long to wait for an effect on AWS. */
export interface Patience {
  readonly seconds: number;
}

const PAUSE_MS = 1_000;

/** Invokes the doctor, which checks ejabberd from the functions’ VPC. */
export async function checkDoctor(client: LambdaClient, arn: string): Promise<string> {
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName: arn, Payload: '{}' }));
  const text = Payload?.transformToString() ?? '';
  if (FunctionError !== undefined) throw new Error(`the doctor failed: ${text}`);
  const report: Report = JSON.parse(text);
  const failed = report.findings.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) throw new Error(failed.map(({ check, found }) => `${check}: ${found}`).join('; '));
  return `the functions reach ejabberd: ${report.findings.length} checks, none failed`;
}

/** Reads a presence by a signed call. It changes nothing. */
export async function checkApi(call: CallApi, { jid1 }: Pair): Promise<string> {
  return `the API takes a signed call, and answers ${await succeed(call, 'get_presence', addressOf(jid1))}`;
}

/** The bus to put an event on, and the `source` that the event has. */
export interface EventTarget {
  readonly bus: string;
  /** One that the deployment takes. */
  readonly source: string;
}

/**
 * Removes the link of two accounts by the API, puts an event that links them, and waits until the roster shows the link.
 * The link is removed first, so that only this event can make the check pass.
 */
export async function checkEvents(
  client: EventBridgeClient,
  call: CallApi,
  { bus, source }: EventTarget,
  pair: Pair,
  patience: Patience,
): Promise<string> {
  const isLinked = async () => {
    const roster = await succeed(call, 'get_roster', addressOf(pair.jid1));
    return roster.includes(`"jid":${JSON.stringify(pair.jid2)}`);
  };
  await succeed(call, 'unlink_contacts', pair);
  if (await isLinked())
    throw new Error('expected unlink_contacts to remove the link: look at the log of unlink_contacts');
  const Detail = JSON.stringify({ ...pair, nick1: pair.jid1, nick2: pair.jid2 });
  const entry = { EventBusName: bus, Source: source, DetailType: 'LinkContacts', Detail };
  const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
  if (FailedEntryCount !== 0) throw new Error(`the bus refused the event: ${Entries?.[0]?.ErrorMessage}`);
  await eventually(
    patience,
    'expected the event to link the users: look for it in the queues and in the functions’ logs',
    isLinked,
  );
  return `an event from ${source} came through bus, rule, queue and function: ${pair.jid1} and ${pair.jid2} are linked`;
}

/**
 * Sets an alarm off, and reads in its history whether CloudWatch could publish it.
 *
 * An alarm that is already on stays as it is, because it reports a real fault. The check then reads its history since it went on.
 */
export async function checkAlarm(client: CloudWatchClient, name: string, patience: Patience): Promise<string> {
  const { MetricAlarms: [alarm] = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  if (alarm === undefined) throw new Error(`expected the alarm ${name}: deploy the monitoring stack again`);
  if (alarm.StateValue === 'ALARM') {
    await expectPublished(client, name, alarm.StateTransitionedTimestamp, patience);
    return `the alarm ${name} is on and reached its topic: look in docs/runbook.md for what to do`;
  }
  const set = (StateValue: 'ALARM' | 'OK') =>
    client.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: 'Smoke test' }));
  const start = new Date();
  await set('ALARM');
  try {
    await expectPublished(client, name, start, patience);
  } finally {
    await set('OK');
  }
  return `the alarm ${name} reached its topic; its subscribers got it, and that it is over`;
}

function expectPublished(
  client: CloudWatchClient,
  AlarmName: string,
  StartDate: Date | undefined,
  patience: Patience,
): Promise<void> {
  const query = { AlarmName, HistoryItemType: 'Action', StartDate } as const;
  return eventually(
    patience,
    'expected the topic to take the alarm: look at the policies of the topic and its key',
    async () => {
      const { AlarmHistoryItems = [] } = await client.send(new DescribeAlarmHistoryCommand(query));
      return AlarmHistoryItems.some(({ HistorySummary = '' }) =>
        HistorySummary.startsWith('Successfully executed action'),
      );
    },
  );
}

async function succeed(call: CallApi, method: string, input: object): Promise<string> {
  const { status, body } = await call(method, input);
  if (status !== 200) throw new Error(`expected status 200 of ${method}, but got ${status}: ${body}`);
  return body;
}

function addressOf(jid: string) {
  const [user = '', server = ''] = jid.split('@');
  return { user, server };
}

async function eventually({ seconds }: Patience, problem: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  do {
    if (await holds()) return;
    await sleep(PAUSE_MS);
  } while (performance.now() < end);
  throw new Error(problem);
}
