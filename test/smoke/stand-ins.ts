/** A deployment on this machine: the local gateway, and stand-ins for the AWS services that the smoke test calls. */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startDemo } from '../../infra/local/embedded/demo.ts';
import { startGateway } from '../../infra/local/gateway.ts';
import { listen } from '../../infra/local/listen.ts';
import { built } from '../support/built.ts';
import { bundleOf } from '../support/bundles.ts';

/** The deployment. A test may change or break a part of it. */
export interface StandIns {
  /** The variables that lead the AWS SDK to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The parameters that the stacks publish, by the end of their names. */
  readonly parameters: Map<string, string>;
  /** The `source` of the events that the rules send to the queues. `undefined` sends all of them. */
  ruleSources: readonly string[] | undefined;
  /** Whether the topic refuses what CloudWatch publishes. */
  refusesAlarms: boolean;
  /** The state of the alarm. */
  alarmState: string;
  /** The states that the alarm was set to by a call. */
  readonly statesSet: readonly string[];
  stop(): Promise<void>;
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=test\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/;

export async function startStandIns(): Promise<StandIns> {
  const demo = await startDemo();
  const functions = { ...built().functions, doctor: bundleOf(built(), 'doctor') };
  const gateway = await startGateway({ port: 0, functions, environment: { EJABBERD_URL: demo.url } });
  const parameters = new Map<string, string>();
  const statesSet: string[] = [];

  const operations: Readonly<Record<string, (input: Record<string, unknown>) => unknown>> = {
    GetParametersByPath: ({ Path }) => ({
      Parameters: [...parameters]
        .map(([name, Value]) => ({ Name: `/rostbeef/dev/${name}`, Value }))
        .filter(({ Name }) => Name.startsWith(`${Path}/`)),
    }),
    async PutEvents({ Entries }) {
      const [{ Source, DetailType, Detail }] = Object(Entries);
      if (!(standIns.ruleSources ?? [Source]).includes(Source))
        return { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] };
      const body = JSON.stringify({ id: 'e1', source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) });
      const event = {
        Records: [
          { messageId: 'm1', eventSource: 'aws:sqs', eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:q', body },
        ],
      };
      await fetch(`${gateway.url}/2015-03-31/functions/link_contacts/invocations`, {
        method: 'POST',
        body: JSON.stringify(event),
      });
      return { FailedEntryCount: 0, Entries: [{ EventId: 'e1' }] };
    },
    SetAlarmState({ StateValue }) {
      standIns.alarmState = String(StateValue);
      statesSet.push(standIns.alarmState);
      return {};
    },
    DescribeAlarms: () => ({
      MetricAlarms: [{ StateValue: standIns.alarmState, StateTransitionedTimestamp: Date.now() / 1000 - 3600 }],
    }),
    DescribeAlarmHistory: () => ({
      AlarmHistoryItems: [
        {
          HistorySummary: standIns.refusesAlarms
            ? 'Failed to execute action arn:topic'
            : 'Successfully executed action arn:topic',
        },
      ],
    }),
  };

  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, operation] = String(request.headers['x-amz-target']).split('.');
    const run = operations[operation ?? ''];
    if (run === undefined) {
      const { status, answer } = await forward(request, body);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(answer);
      return;
    }
    response
      .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(await run(JSON.parse(body))));
  });

  /** Checks the signature and passes the request on, as API Gateway does. */
  async function forward({ url = '', headers, method = '' }: IncomingMessage, body: string) {
    if (!SIGNED.test(headers.authorization ?? '')) return { status: 403, answer: '{"detail":"not signed"}' };
    const answered = await fetch(gateway.url + url, { method, headers: { 'Content-Type': 'application/json' }, body });
    return { status: answered.status, answer: await answered.text() };
  }

  const url = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  parameters
    .set('doctor-arn', 'doctor')
    .set('api-url', url)
    .set('bus-arn', 'arn:aws:events:eu-west-1:123456789012:event-bus/bus')
    .set('event-source-to-try', 'rostbeef.smoke')
    .set('alarm-to-try', 'Throttles');
  const standIns: StandIns = {
    environment: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SSM: url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: url,
      AWS_ENDPOINT_URL_CLOUDWATCH: url,
      AWS_ENDPOINT_URL_LAMBDA: gateway.url,
    },
    parameters,
    ruleSources: undefined,
    refusesAlarms: false,
    alarmState: 'OK',
    statesSet,
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([gateway.stop(), demo.stop()]);
    },
  };
  return standIns;
}
