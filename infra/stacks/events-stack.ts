import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdEvents } from '../constructs/ejabberd-events.ts';
import type { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { detailType } from '../schemas.ts';
import { removalPolicyOf } from './policies.ts';
import { publish } from './publish.ts';

/** The functions of an {@link EventsStack}. */
export interface EventsStackProps extends StackProps {
  /** The functions that the queues invoke. */
  readonly rostbeef: EjabberdFunctions;
}

/**
 * The bus, and a rule, a queue and a dead-letter queue for each method that writes.
 *
 * Without `events=true` the stack has a parameter only. `cdk deploy --all` does not delete a stack that is no longer in the
 * app, so the queues would stay in use.
 */
export class EventsStack extends Stack {
  readonly events: EjabberdEvents | undefined;

  constructor(scope: Construct, id: string, config: Configuration, { rostbeef, ...props }: EventsStackProps) {
    super(scope, id, props);
    new StringParameter(this, 'Switch', {
      parameterName: `/rostbeef/${config.environment}/events`,
      stringValue: String(config.events),
      description: 'Whether events invoke the methods that write.',
    });
    if (config.events) this.events = this.#events(config, rostbeef);
  }

  #events(config: Configuration, rostbeef: EjabberdFunctions): EjabberdEvents {
    const { eventBusName } = config;
    const events = new EjabberdEvents(this, 'Events', {
      rostbeef,
      bus: eventBusName === undefined ? undefined : EventBus.fromEventBusName(this, 'Bus', eventBusName),
      accounts: config.eventAccounts,
      sources: config.eventSources,
      maxReceiveCount: config.eventMaxReceiveCount,
      removalPolicy: removalPolicyOf(config),
    });
    publish(this, config, {
      output: 'BusArn',
      parameter: 'bus-arn',
      value: events.bus.eventBusArn,
      description: 'Put events on this bus.',
    });
    const [source = 'rostbeef.smoke'] = config.eventSources ?? [];
    publish(this, config, {
      output: 'EventSourceToTry',
      parameter: 'event-source-to-try',
      value: source,
      description: 'The smoke test puts an event with this source, because the rules take it.',
    });
    for (const [name, { queue, deadLetters }] of events.queues) {
      const type = detailType({ name });
      new CfnOutput(this, `${type}QueueUrl`, { value: queue.queueUrl, description: `Send ${name} messages here.` });
      new CfnOutput(this, `${type}DeadLettersUrl`, { value: deadLetters.queueUrl });
      new CfnOutput(this, `${type}QueueArn`, { value: queue.queueArn });
      new CfnOutput(this, `${type}DeadLettersArn`, { value: deadLetters.queueArn });
    }
    return events;
  }
}
