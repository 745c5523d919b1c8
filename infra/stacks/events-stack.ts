import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/read-context.ts';
import { EjabberdEvents } from '../constructs/ejabberd-events.ts';
import type { EjabberdFunctions } from '../constructs/ejabberd-functions.ts';
import { detailType } from '../schemas.ts';
import { removalPolicyOf } from './policies.ts';

/** What takes the events. */
export interface EventsStackProps extends StackProps {
  readonly rostbeef: EjabberdFunctions;
}

/** The bus, and a rule, a queue and a dead-letter queue for each method that writes. */
export class EventsStack extends Stack {
  readonly events: EjabberdEvents;

  constructor(scope: Construct, id: string, config: Configuration, { rostbeef, ...props }: EventsStackProps) {
    super(scope, id, props);
    const { eventBusName } = config;
    this.events = new EjabberdEvents(this, 'Events', {
      rostbeef,
      bus: eventBusName === undefined ? undefined : EventBus.fromEventBusName(this, 'Bus', eventBusName),
      sources: config.eventSources,
      maxReceiveCount: config.eventMaxReceiveCount,
      removalPolicy: removalPolicyOf(config),
    });
    new CfnOutput(this, 'BusArn', { value: this.events.bus.eventBusArn, description: 'Put events here' });
    for (const [name, { queue, deadLetters }] of this.events.queues) {
      const type = detailType({ name });
      new CfnOutput(this, `${type}QueueUrl`, { value: queue.queueUrl, description: `Or send ${name} messages here` });
      new CfnOutput(this, `${type}DeadLettersUrl`, { value: deadLetters.queueUrl });
    }
  }
}
