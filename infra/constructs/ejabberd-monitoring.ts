import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, Dashboard, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { type AlarmProps, RunbookAlarm } from './alarms.ts';
import { dashboardRows } from './dashboard.ts';
import type { EjabberdDoctor } from './ejabberd-doctor.ts';
import type { EjabberdEvents } from './ejabberd-events.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { EjabberdRotation } from './ejabberd-rotation.ts';
import type { EjabberdWorkflows } from './ejabberd-workflows.ts';
import { highest, ownMetric, PERIOD, sumOf, worstOf } from './metrics.ts';
import { PLATFORM_METRICS } from './platform-failures.ts';
import { workflowAlarms } from './workflow-alarms.ts';

/** How long the doctor must find a fault before the alarm goes on. */
const FINDING_MINUTES = 15;

/** Properties of an {@link EjabberdMonitoring}. */
export interface EjabberdMonitoringProps {
  /** The functions to watch. */
  readonly rostbeef: EjabberdFunctions;
  /** The doctor, whose metrics say whether ejabberd is reachable. */
  readonly doctor: EjabberdDoctor;
  /** The REST API. @default - no alarm and no graph of an API */
  readonly api?: RestApi | undefined;
  /** The rotation of the account’s password. @default - no alarm of a rotation */
  readonly rotation?: EjabberdRotation | undefined;
  /** The queues of events. @default - no alarm and no graph of queues */
  readonly events?: EjabberdEvents | undefined;
  /** The state machines. @default - no alarm of a workflow */
  readonly workflows?: EjabberdWorkflows | undefined;
  /** An e-mail address that gets the alarms after its owner confirms it. @default - none: subscribe to the topic */
  readonly email?: string | undefined;
}

/**
 * A dashboard, and an alarm for each fault that a person has to repair. docs/costs.md lists the costs.
 *
 * @example
 * new EjabberdMonitoring(this, 'Monitoring', { rostbeef, doctor, email: 'ops@example.com' })
 */
export class EjabberdMonitoring extends Construct {
  /** The topic that the alarms publish to. */
  readonly topic: Topic;
  /** The dashboard. */
  readonly dashboard: Dashboard;
  /** The alarms by their names in docs/runbook.md. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly #alarms = new Map<string, Alarm>();

  constructor(scope: Construct, id: string, props: EjabberdMonitoringProps) {
    super(scope, id);
    const { rostbeef, doctor, api, rotation, events } = props;
    this.alarms = this.#alarms;
    this.topic = this.#makeTopic();
    if (props.email !== undefined) {
      const subscription = this.topic.addSubscription(new EmailSubscription(props.email));
      acknowledge(subscription, {
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'A late e-mail is of no use, and CloudWatch shows the alarm.',
      });
    }

    const namespace = rostbeef.props.metricNamespace ?? 'rostbeef';
    const seven = [...rostbeef.functions.values()];
    const throttles = sumOf(seven, 'Throttles', ({ alias }) => alias.metricThrottles({ period: PERIOD }));
    const { timeoutMs = 10_000 } = rostbeef.props.ejabberd;
    const perCheck = { period: Duration.minutes(doctor.minutes) };
    this.#alarm('EjabberdUnreachable', {
      metric: ownMetric(namespace, 'EjabberdReachable', Stats.MINIMUM).with(perCheck),
      below: true,
      periods: 2,
      meaning: 'The functions’ VPC can’t reach ejabberd, or the doctor did not run.',
      runbook: 'Read the doctor’s last report in its log. It names the cause and the repair.',
    });
    const checks = Math.max(1, Math.ceil(FINDING_MINUTES / doctor.minutes));
    this.#alarm('DoctorFindings', {
      metric: ownMetric(namespace, 'DoctorFailures', Stats.MAXIMUM).with(perCheck),
      periods: checks,
      // A schedule is not exact, so a period may contain no check, and the next one two.
      of: checks + 1,
      meaning: 'The doctor finds a fault of ejabberd, its account or the settings.',
      runbook: 'Read its last report in its log. It has the lines of ejabberd.yml that repair the fault.',
    });
    this.#alarm('EjabberdFailures', {
      metric: ownMetric(namespace, 'EjabberdFailures'),
      threshold: 5,
      meaning: 'Calls fail because ejabberd fails, does not respond, or sends an invalid response.',
      runbook: 'Look at “Errors by name” on the dashboard, then at ejabberd’s own log.',
    });
    this.#alarm('PartialLinks', {
      metric: ownMetric(namespace, 'PartialLinks'),
      periods: 3,
      meaning: 'Links or unlinks are not complete in both rosters.',
      runbook: 'Find the pairs in the functions’ logs, and repeat the calls that were not repeated since.',
    });
    this.#alarm('CredentialFailures', {
      metric: ownMetric(namespace, 'CredentialFailures'),
      meaning: 'The secret can’t be read, or ejabberd refuses the account.',
      runbook: 'Compare the secret with ejabberd’s account; after a failed rotation, run it again.',
    });
    this.#alarm('FunctionFailures', {
      metric: ownMetric(namespace, 'FunctionFailures'),
      meaning: 'The settings are wrong, or the functions have a defect.',
      runbook: 'Search the functions’ logs for ConfigurationError and UnexpectedError; roll back the last deployment.',
    });
    this.#alarm('EndedByLambda', {
      metric: ownMetric(namespace, PLATFORM_METRICS.ended),
      meaning: 'A function crashed, ran out of time or ran out of memory.',
      runbook: 'Search the functions’ logs for platform.report with a status or errorType. Roll back a new defect.',
    });
    this.#alarm('ShortOfMemory', {
      metric: ownMetric(namespace, PLATFORM_METRICS.memory),
      meaning: 'A function used 90 % of its memory or more.',
      runbook: 'Look for large rosters or batches in its log at that time, and request pages or smaller batches.',
    });
    this.#alarm('Throttles', {
      metric: throttles,
      periods: 3,
      meaning: 'Lambda throttles calls.',
      runbook: 'Raise maxConcurrency if ejabberd has capacity, or slow the callers down.',
    });
    this.#alarm('FailedEvents', {
      metric: rostbeef.failedEvents.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      meaning: 'An asynchronous invocation failed after its retries.',
      runbook: 'Read its event in the queue of failed events, repair the cause, and invoke the function again.',
    });
    this.#alarm('SlowCalls', {
      metric: worstOf(seven, 'p99', ({ alias }) => alias.metricDuration({ period: PERIOD, statistic: Stats.p(99) })),
      threshold: timeoutMs * 0.8,
      periods: 3,
      meaning: 'The slowest calls take 80 % of their deadline.',
      runbook: 'Request rosters in pages, and look at ejabberd’s load and its listener’s backlog.',
    });
    if (api !== undefined) {
      this.#alarm('ApiErrors', {
        metric: api.metricServerError({ period: PERIOD, statistic: Stats.AVERAGE }),
        threshold: 0.05,
        periods: 3,
        meaning: 'One request in twenty ends in a 5xx.',
        runbook: 'Look at the other alarms first, because this one counts their effect on the API’s callers.',
      });
    }
    if (rotation !== undefined) {
      this.#alarm('RotationFailed', {
        metric: rotation.function.alias.metricErrors({ period: PERIOD }),
        meaning: 'The rotation of the password failed. The old password is still in use.',
        runbook: 'Read the rotation function’s log, repair the cause, and rotate the secret by hand.',
      });
    }

    const queues = [...(events?.queues.values() ?? [])];
    if (queues.length > 0) {
      const ages = queues.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage({ period: PERIOD }));
      const dead = queues.map(({ deadLetters }) =>
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      );
      this.#alarm('OldEvents', {
        metric: highest('the oldest event, in seconds', ages),
        threshold: 15 * 60,
        meaning: 'An event has waited for a quarter of an hour.',
        runbook: 'See “Errors by name” for why events fail, or raise maxConcurrency if they only wait.',
      });
      this.#alarm('PoisonMessages', {
        metric: ownMetric(namespace, 'PoisonMessages'),
        meaning: 'A message of a queue can never succeed. Its input is wrong, or its outcome is unknown.',
        runbook: 'Find all of them in the functions’ logs by PoisonMessages = 1, and correct them at their source.',
      });
      this.#alarm('DeadLetters', {
        metric: highest('dead letters', dead),
        meaning: 'An event was received too often. It is in a dead-letter queue.',
        runbook: 'Find its error in the function’s log by its messageId, repair the cause, and redrive the queue.',
      });
    }

    for (const [id, alarm] of Object.entries(workflowAlarms(props.workflows))) this.#alarm(id, alarm);

    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    for (const row of dashboardRows({ namespace, rostbeef, throttles, api, events })) this.dashboard.addWidgets(...row);
  }

  /**
   * Allows this account’s alarms to publish to the topic, because `enforceSSL` replaces SNS’s default policy. The key is a
   * customer-managed one, because CloudWatch can’t use `aws/sns`.
   */
  #makeTopic(): Topic {
    const key = new Key(this, 'Key', {
      description: 'The key of the topic for alarms',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
      pendingWindow: Duration.days(7),
    });
    const topic = new Topic(this, 'Alarms', { displayName: 'rostbeef', masterKey: key, enforceSSL: true });
    const forAlarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    key.addToResourcePolicy(
      new PolicyStatement({ ...forAlarms, actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] }),
    );
    topic.addToResourcePolicy(
      new PolicyStatement({ ...forAlarms, actions: ['sns:Publish'], resources: [topic.topicArn] }),
    );
    return topic;
  }

  #alarm(id: string, props: Omit<AlarmProps, 'topic'>): void {
    this.#alarms.set(id, new RunbookAlarm(this, id, { ...props, topic: this.topic }).alarm);
  }
}
