/** The widgets of the dashboard: calls, latency and failures. */
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { EjabberdEvents } from './ejabberd-events.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import { ownMetric, PERIOD } from './metrics.ts';

/** The sources of the dashboard’s metrics. */
export interface DashboardProps {
  /** The namespace of the functions’ own metrics. */
  readonly namespace: string;
  readonly rostbeef: EjabberdFunctions;
  /** The throttled invocations of all functions. */
  readonly throttles: IMetric;
  readonly api?: RestApi | undefined;
  readonly events?: EjabberdEvents | undefined;
}

const WIDE = 12;

/** Returns the dashboard’s rows, 24 columns each. */
export function dashboardRows({
  namespace,
  rostbeef,
  throttles,
  api,
  events,
}: DashboardProps): readonly (readonly IWidget[])[] {
  const functions = [...rostbeef.functions];
  const label = (name: string) => ({ label: name, period: PERIOD });
  const calls = functions.map(([name, { alias }]) => alias.metricInvocations(label(name)));
  const latency = (percentile: number) =>
    new GraphWidget({
      title: `p${percentile} by method`,
      width: WIDE / 2,
      left: functions.map(([name, { alias }]) =>
        alias.metricDuration({ ...label(name), statistic: Stats.p(percentile) }),
      ),
      leftYAxis: { label: 'ms', showUnits: false, min: 0 },
    });
  return [
    [
      new SingleValueWidget({
        title: 'Now',
        width: WIDE * 2,
        height: 3,
        metrics: [
          ownMetric(namespace, 'EjabberdReachable', Stats.MINIMUM),
          ...['EjabberdFailures', 'CredentialFailures', 'FunctionFailures', 'ForbiddenStanzas', 'ClientErrors'].map(
            (name) => ownMetric(namespace, name),
          ),
          throttles,
        ],
      }),
    ],
    [
      new GraphWidget({ title: 'Calls by method', width: WIDE, left: calls, leftYAxis: { min: 0 }, stacked: true }),
      latency(50),
      latency(99),
    ],
    [
      new LogQueryWidget({
        title: 'Errors by name',
        width: WIDE,
        logGroupNames: eachLogGroup(rostbeef),
        queryLines: [
          "filter ispresent(outcome) and outcome != 'ok'",
          'stats count() as calls by outcome, method',
          'sort calls desc',
        ],
      }),
      new GraphWidget({
        title: 'Failures',
        width: WIDE,
        left: ['EjabberdFailures', 'CredentialFailures', 'FunctionFailures'].map((name) => ownMetric(namespace, name)),
        right: [throttles],
        leftYAxis: { min: 0 },
        rightYAxis: { min: 0 },
      }),
    ],
    [
      new GraphWidget({
        title: 'ejabberd reachable (1) or not (0)',
        width: WIDE,
        left: [ownMetric(namespace, 'EjabberdReachable', Stats.MINIMUM)],
        leftYAxis: { min: 0, max: 1 },
      }),
      new GraphWidget({
        title: 'Concurrency, and failed events',
        width: WIDE,
        left: functions.map(([, { function: one }]) =>
          one.metric('ConcurrentExecutions', { period: PERIOD, statistic: Stats.MAXIMUM }),
        ),
        right: [
          rostbeef.failedEvents.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
        ],
      }),
    ],
    ...(api === undefined ? [] : [apiRow(api)]),
    ...(events === undefined ? [] : [eventsRow(events)]),
  ];
}

function apiRow(api: RestApi): readonly IWidget[] {
  return [
    new GraphWidget({
      title: 'API requests and errors',
      width: WIDE,
      left: [
        api.metricCount({ period: PERIOD }),
        api.metricClientError({ period: PERIOD }),
        api.metricServerError({ period: PERIOD }),
      ],
      leftYAxis: { min: 0 },
    }),
    new GraphWidget({
      title: 'API latency',
      width: WIDE,
      left: [50, 99].map((percentile) => api.metricLatency({ period: PERIOD, statistic: Stats.p(percentile) })),
      leftYAxis: { label: 'ms', showUnits: false, min: 0 },
    }),
  ];
}

function eventsRow({ queues }: EjabberdEvents): readonly IWidget[] {
  const each = [...queues];
  return [
    new GraphWidget({
      title: 'Waiting events, and the age of the oldest',
      width: WIDE,
      left: each.map(([label, { queue }]) => queue.metricApproximateNumberOfMessagesVisible({ label, period: PERIOD })),
      right: each.map(([label, { queue }]) => queue.metricApproximateAgeOfOldestMessage({ label, period: PERIOD })),
      leftYAxis: { min: 0 },
      rightYAxis: { label: 's', showUnits: false, min: 0 },
    }),
    new GraphWidget({
      title: 'Dead letters',
      width: WIDE,
      left: each.map(([label, { deadLetters }]) =>
        deadLetters.metricApproximateNumberOfMessagesVisible({ label, period: PERIOD }),
      ),
      leftYAxis: { min: 0 },
    }),
  ];
}

function eachLogGroup({ functions }: EjabberdFunctions): string[] {
  return [...functions.values()].map(({ logGroup }) => logGroup.logGroupName);
}
