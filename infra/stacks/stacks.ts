/** The stacks of one environment. */
import { type App, type StackProps, Tags } from 'aws-cdk-lib';
import type { Configuration } from '../config/read-context.ts';
import { ApiStack } from './api-stack.ts';
import { EventsStack } from './events-stack.ts';
import { FunctionsStack } from './functions-stack.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { NetworkStack } from './network-stack.ts';
import { WorkflowsStack } from './workflows-stack.ts';

/**
 * Creates all stacks of an environment. Each is named `rostbeef-<environment>-…`.
 *
 * @param app the CDK app that gets the stacks
 * @param config the checked configuration
 */
export function makeStacks(app: App, config: Configuration) {
  const { environment, owner, target } = config;
  const props: StackProps = { terminationProtection: config.retain, ...(target && { env: target }) };
  const named = (part: string) => `rostbeef-${environment}-${part}`;

  const network = new NetworkStack(app, named('network'), config, {
    ...props,
    description: 'rostbeef functions: the VPC',
  });
  const functions = new FunctionsStack(app, named('functions'), config, network, {
    ...props,
    description: 'rostbeef functions: layer, functions, secret and network access',
  });
  const { rostbeef, doctor, rotation } = functions;
  const api = new ApiStack(app, named('api'), config, {
    ...props,
    description: 'rostbeef functions: the HTTP API',
    rostbeef,
    network,
  });
  const events = new EventsStack(app, named('events'), config, {
    ...props,
    description: 'rostbeef functions: bus, rules and queues',
    rostbeef,
  });
  const workflows = new WorkflowsStack(app, named('workflows'), config, {
    ...props,
    description: 'rostbeef functions: state machines and their bucket',
    rostbeef,
  });
  const watched = {
    rostbeef,
    doctor,
    rotation,
    api: api.api.api,
    events: events.events,
    workflows: workflows.workflows,
    email: config.alarmEmail,
  };
  const monitoring = new MonitoringStack(app, named('monitoring'), config, watched, {
    ...props,
    description: 'rostbeef functions: dashboard and alarms',
  });

  Tags.of(app).add('service', 'rostbeef');
  Tags.of(app).add('stage', environment);
  // CloudFormation ignores a change of nothing but a deletion policy. The tag changes with it.
  Tags.of(app).add('retain', String(config.retain));
  if (owner !== undefined) Tags.of(app).add('owner', owner);
  return { network, functions, api, events, workflows, monitoring };
}
