import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { RunbookAlarm } from './alarms.ts';
import { dashboardRows } from './dashboard.ts';
import type { EjabberdDoctor } from './ejabberd-doctor.ts';
import type { EjabberdEvents } from './ejabberd-events.ts';
import type { EjabberdFunctions } from './ejabberd-functions.ts';
import type { EjabberdRotation } from './ejabberd-rotation.ts';
import type { EjabberdWorkflows } from './ejabberd-workflows.ts';
import { PERIOD, sumOf } from './metrics.ts';
import { apiAlarms, doctorAlarms, eventAlarms, functionAlarms, rotationAlarms } from './service-alarms.ts';
import { workflowAlarms } from './workflow-alarms.ts';

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

  constructor(scope: Construct, id: string, props: EjabberdMonitoringProps) {
    super(scope, id);
    const { rostbeef, doctor, api, rotation, events, workflows } = props;
    this.topic = this.#makeTopic();
    if (props.email !== undefined) {
      const subscription = this.topic.addSubscription(new EmailSubscription(props.email));
      acknowledge(subscription, {
        id: 'Serverless-SNSRedrivePolicy',
        reason: 'A late e-mail is of no use, and CloudWatch shows the alarm.',
      });
    }

    const namespace = rostbeef.props.metricNamespace ?? 'rostbeef';
    const throttles = sumOf(rostbeef.functions.values(), 'Throttles', ({ alias }) =>
      alias.metricThrottles({ period: PERIOD }),
    );
    const alarms = {
      ...doctorAlarms(namespace, doctor),
      ...functionAlarms(namespace, rostbeef, throttles),
      ...(api && apiAlarms(api)),
      ...(rotation && rotationAlarms(rotation)),
      ...(events && eventAlarms(namespace, events)),
      ...(workflows && workflowAlarms(workflows)),
    };
    this.alarms = new Map(
      Object.entries(alarms).map(([id, alarm]) => [
        id,
        new RunbookAlarm(this, id, { ...alarm, topic: this.topic }).alarm,
      ]),
    );

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
}
