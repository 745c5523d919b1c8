/** The stacks of one environment. */
import { type App, type StackProps, Tags } from 'aws-cdk-lib';
import { ConfigError, type Configuration } from '../config/read-context.ts';
import { ApiStack } from './api-stack.ts';
import { EventsStack } from './events-stack.ts';
import { FunctionsStack } from './functions-stack.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { NetworkStack } from './network-stack.ts';

/**
 * Makes every stack of an environment, each named `rostbeef-<environment>-…`.
 *
 * @param app what they belong to
 */
export function makeStacks(app: App, config: Configuration) {
  const { environment, owner } = config;
  const props: StackProps = { terminationProtection: config.retain, ...accountAndRegion(config) };
  const named = (part: string) => `rostbeef-${environment}-${part}`;

  const network = new NetworkStack(app, named('network'), config, {
    ...props,
    description: 'rostbeef functions: where they are, and what they reach',
  });
  const functions = new FunctionsStack(app, named('functions'), config, network.network, {
    ...props,
    description: 'rostbeef functions: layer, functions, secret',
  });
  const { rostbeef, doctor, rotation } = functions;
  const api = new ApiStack(app, named('api'), config, {
    ...props,
    description: 'rostbeef functions: the HTTP API',
    rostbeef,
    privateEndpoint: network.apiEndpoint,
  });
  const events = config.events
    ? new EventsStack(app, named('events'), config, {
        ...props,
        description: 'rostbeef functions: bus, rules and queues',
        rostbeef,
      })
    : undefined;
  const watched = { rostbeef, doctor, rotation, api: api.api.api, events: events?.events, email: config.alarmEmail };
  const monitoring = new MonitoringStack(app, named('monitoring'), watched, {
    ...props,
    description: 'rostbeef functions: dashboard and alarms',
  });

  Tags.of(app).add('service', 'rostbeef');
  Tags.of(app).add('stage', environment);
  if (owner !== undefined) Tags.of(app).add('owner', owner);
  return { network, functions, api, events, monitoring };
}

/** A VPC that is looked up has to be in a certain account; all else is deployed wherever the credentials lead. */
function accountAndRegion({ vpcId, subnetIds }: Configuration): StackProps {
  if (vpcId === undefined || subnetIds !== undefined) return {};
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  if (account === undefined || region === undefined) {
    throw new ConfigError([
      'vpcId: looking the VPC up takes AWS credentials: have some, or give subnetIds and vpcCidr',
    ]);
  }
  return { env: { account, region } };
}
