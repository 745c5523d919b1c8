/** The alarms for executions of the state machines that did not succeed. */
import { type IMetric, MathExpression, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { EjabberdWorkflows } from './ejabberd-workflows.ts';
import { PERIOD } from './metrics.ts';
import type { Alarms } from './service-alarms.ts';

type MetricOf = (machine: StateMachine, options: MetricOptions) => IMetric;

/**
 * Lists the alarms by the names that the runbook has for them.
 */
export function workflowAlarms(workflows: EjabberdWorkflows): Alarms {
  const sum = (label: string, metricOf: MetricOf) =>
    new MathExpression({
      label,
      period: PERIOD,
      expression: 'bulk + onboarding',
      usingMetrics: {
        bulk: metricOf(workflows.bulk, { period: PERIOD }),
        onboarding: metricOf(workflows.onboarding, { period: PERIOD }),
      },
    });
  return {
    FailedWorkflows: {
      metric: sum('failed executions', (machine, options) => machine.metricFailed(options)),
      meaning: 'An execution of a state machine failed.',
      runbook: 'Read its error in the console of Step Functions, repair the cause, and redrive it.',
    },
    TimedOutWorkflows: {
      metric: sum('executions that ran out of time', (machine, options) => machine.metricTimedOut(options)),
      meaning: 'An execution of a state machine ran out of time.',
      runbook: 'See whether ejabberd was slow or away, and redrive it.',
    },
    AbortedWorkflows: {
      metric: sum('aborted executions', (machine, options) => machine.metricAborted(options)),
      meaning: 'Somebody stopped an execution of a state machine.',
      runbook: 'Ask who stopped it and why, and redrive it or finish its work by hand.',
    },
  };
}
