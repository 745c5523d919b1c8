import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, Dashboard, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
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

/** For so long the doctor has to find something wrong before it is an alarm. */
const FINDING_MINUTES = 15;

/** What an {@link EjabberdMonitoring} looks at. */
export interface EjabberdMonitoringProps {
  readonly rostbeef: EjabberdFunctions;
  readonly doctor: EjabberdDoctor;
  readonly api?: RestApi | undefined;
  readonly rotation?: EjabberdRotation | undefined;
  readonly events?: EjabberdEvents | undefined;
  readonly workflows?: EjabberdWorkflows | undefined;
  /** The address that gets the alarms, once its owner confirms it. @default - none: subscribe to the topic */
  readonly email?: string | undefined;
}

/**
 * A dashboard, and an alarm for everything that a person has to repair. docs/deploy.md has what they cost.
 *
 * @example
 * new EjabberdMonitoring(this, 'Monitoring', { rostbeef, doctor, email: 'ops@example.com' })
 */
export class EjabberdMonitoring extends Construct {
  /** The alarms publish to this topic. */
  readonly topic: Topic;
  readonly dashboard: Dashboard;
  /** The alarms by the names that the runbook has for them. */
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly #alarms = new Map<string, Alarm>();

  constructor(scope: Construct, id: string, props: EjabberdMonitoringProps) {
    super(scope, id);
    const { rostbeef, doctor, api, rotation, events } = props;
    this.alarms = this.#alarms;
    this.topic = this.#makeTopic();
    if (props.email !== undefined) {
      const subscription = this.topic.addSubscription(new EmailSubscription(props.email));
      Validations.of(subscription).acknowledge({
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'A mail that can’t be delivered is of no use later; the alarm stays on the dashboard.',
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
      meaning: 'The functions’ VPC does not reach ejabberd, or the doctor did not run.',
      runbook: 'Read the doctor’s last report in its log: it names the cause and the repair.',
    });
    const checks = Math.max(1, Math.ceil(FINDING_MINUTES / doctor.minutes));
    this.#alarm('DoctorFindings', {
      metric: ownMetric(namespace, 'DoctorFailures', Stats.MAXIMUM).with(perCheck),
      periods: checks,
      // A schedule is not exact: a period may have no check in it, and the next one two.
      of: checks + 1,
      meaning: 'The doctor finds something wrong with ejabberd, its account or the settings.',
      runbook: 'Read its last report in its log: it has the lines of ejabberd.yml that repair it.',
    });
    this.#alarm('EjabberdFailures', {
      metric: ownMetric(namespace, 'EjabberdFailures'),
      threshold: 5,
      meaning: 'Calls fail because ejabberd fails, does not answer, or answers what can’t be read.',
      runbook: 'Look at “Errors by name” on the dashboard, then at ejabberd’s own log.',
    });
    this.#alarm('PartialLinks', {
      metric: ownMetric(namespace, 'PartialLinks'),
      periods: 3,
      meaning: 'Links or unlinks are not complete in both rosters.',
      runbook: 'Find their pairs in the functions’ logs, and repeat those calls that nothing has repeated since.',
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
      runbook: 'Search the functions’ logs for platform.report with a status or errorType, and roll back if it is new.',
    });
    this.#alarm('ShortOfMemory', {
      metric: ownMetric(namespace, PLATFORM_METRICS.memory),
      meaning: 'A function used 90 % of its memory or more.',
      runbook: 'Look for large rosters or batches in its log at that time, and ask for pages or smaller batches.',
    });
    this.#alarm('Throttles', {
      metric: throttles,
      periods: 3,
      meaning: 'Calls are throttled by Lambda.',
      runbook: 'Raise maxConcurrency if ejabberd has room, or slow the callers down.',
    });
    this.#alarm('FailedEvents', {
      metric: rostbeef.failedEvents.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      meaning: 'An event that was invoked asynchronously failed for good.',
      runbook: 'Read it in the queue of failed events, repair the cause that its error names, and invoke it again.',
    });
    this.#alarm('SlowCalls', {
      metric: worstOf(seven, 'p99', ({ alias }) => alias.metricDuration({ period: PERIOD, statistic: Stats.p(99) })),
      threshold: timeoutMs * 0.8,
      periods: 3,
      meaning: 'The slowest calls come near their deadline.',
      runbook: 'Ask for rosters in pages, and look at ejabberd’s load and its listener’s backlog.',
    });
    if (api !== undefined) {
      this.#alarm('ApiErrors', {
        metric: api.metricServerError({ period: PERIOD, statistic: Stats.AVERAGE }),
        threshold: 0.05,
        periods: 3,
        meaning: 'One request in twenty ends in a 5xx.',
        runbook: 'Look at the other alarms first: this one counts what the API’s callers see of them.',
      });
    }
    if (rotation !== undefined) {
      this.#alarm('RotationFailed', {
        metric: rotation.function.alias.metricErrors({ period: PERIOD }),
        meaning: 'The password could not be rotated; the old one is still in use.',
        runbook: 'Read the rotation function’s log, repair what it names, and rotate the secret by hand.',
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
        runbook: 'See under “Errors by name” why events fail, or raise maxConcurrency if they only wait.',
      });
      this.#alarm('PoisonMessages', {
        metric: ownMetric(namespace, 'PoisonMessages'),
        meaning: 'A message of a queue can never succeed: its input is wrong, or its outcome is unknown.',
        runbook: 'Find it in the functions’ logs by PoisonMessages = 1, and correct it at its source.',
      });
      this.#alarm('DeadLetters', {
        metric: highest('dead letters', dead),
        meaning: 'An event was given up: it is in a dead-letter queue.',
        runbook: 'Find its error in the function’s log by its messageId, repair the cause, and redrive the queue.',
      });
    }

    for (const [id, alarm] of Object.entries(workflowAlarms(props.workflows))) this.#alarm(id, alarm);

    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.hours(3) });
    for (const row of dashboardRows({ namespace, rostbeef, throttles, api, events })) this.dashboard.addWidgets(...row);
  }

  /**
   * The topic, and the right of this account's alarms to publish to it. Its key is a customer-managed one, because
   * CloudWatch can't use `aws/sns`. A policy of the topic replaces SNS's default one, so it has to allow the alarms.
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
