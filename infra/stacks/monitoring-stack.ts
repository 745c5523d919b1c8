import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EjabberdMonitoring, type EjabberdMonitoringProps } from '../constructs/ejabberd-monitoring.ts';

/** The dashboard and the alarms. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, watched: EjabberdMonitoringProps, props: StackProps) {
    super(scope, id, props);
    const { topic, dashboard } = new EjabberdMonitoring(this, 'Monitoring', watched);
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn, description: 'Subscribe to it to get the alarms' });
    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName });
  }
}
