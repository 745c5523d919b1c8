import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdMonitoring, type EjabberdMonitoringProps } from '../constructs/ejabberd-monitoring.ts';
import { publish } from './publish.ts';

/** The dashboard and the alarms. */
export class MonitoringStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    config: Configuration,
    watched: EjabberdMonitoringProps,
    props: StackProps,
  ) {
    super(scope, id, props);
    const { topic, dashboard, alarms } = new EjabberdMonitoring(this, 'Monitoring', watched);
    publish(this, config, {
      output: 'AlarmTopicArn',
      parameter: 'alarm-topic-arn',
      value: topic.topicArn,
      description: 'Subscribe to this topic to get the alarms.',
    });
    const throttles = alarms.get('Throttles');
    if (throttles !== undefined) {
      publish(this, config, {
        output: 'AlarmToTry',
        parameter: 'alarm-to-try',
        value: throttles.alarmName,
        description: 'The smoke test sets this alarm off and checks that it reaches the topic.',
      });
    }
    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName });
  }
}
