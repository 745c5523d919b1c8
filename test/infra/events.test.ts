import { Ajv } from 'ajv';
import { Match } from 'aws-cdk-lib/assertions';
import { catalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { detailType, eventSchema } from '../../infra/schemas.ts';
import { EVERYTHING, templatesOf, WITH_EVENTS } from './synthesize.ts';

const { events: template, functions } = templatesOf(EVERYTHING);

const writing = catalogue.filter(({ writes }) => writes);
const propertiesOf = (type: string) =>
  Object.values(template.findResources(type) ?? {}).map(({ Properties }) => Properties);

describe('the events', () => {
  it('ask for the three methods that write, by the method’s name', () => {
    const types = propertiesOf('AWS::Events::Rule').map(({ EventPattern }) => EventPattern['detail-type']);
    expect(types).toEqual([['LinkContacts'], ['UnlinkContacts'], ['SendStanza']]);
    expect(writing.map(detailType)).toEqual(types.flat());
  });

  it('count from any source, or from those that are told', () => {
    const sources = (context: object) =>
      Object.values(templatesOf({ ...WITH_EVENTS, ...context }).events.findResources('AWS::Events::Rule') ?? {}).map(
        ({ Properties }) => Properties.EventPattern.source,
      );
    expect(sources({})).toEqual([undefined, undefined, undefined]);
    expect(new Set(sources({ eventSources: 'a.b, c' }).flat())).toEqual(new Set(['a.b', 'c']));
  });

  it('come on a bus of their own, or on one that is there', () => {
    expect(propertiesOf('AWS::Events::EventBus')).toHaveLength(1);
    const { events } = templatesOf({ ...WITH_EVENTS, eventBusName: 'theirs' });
    events.resourceCountIs('AWS::Events::EventBus', 0);
    events.allResourcesProperties('AWS::Events::Rule', { EventBusName: 'theirs' });
  });

  it('wait in an encrypted queue that accepts only TLS and has a dead-letter queue', () => {
    const queues = propertiesOf('AWS::SQS::Queue');
    expect(queues).toHaveLength(2 * writing.length);
    for (const { SqsManagedSseEnabled } of queues) expect(SqsManagedSseEnabled).toBe(true);
    expect(queues.filter(({ RedrivePolicy }) => RedrivePolicy)).toHaveLength(writing.length);
    const policies = propertiesOf('AWS::SQS::QueuePolicy').map(({ PolicyDocument }) => JSON.stringify(PolicyDocument));
    expect(policies.filter((policy) => policy.includes('"aws:SecureTransport":"false"'))).toHaveLength(queues.length);
  });

  it('are hidden while they are worked on for six times as long as the function may take', () => {
    const timeouts = Object.values(functions.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Timeout,
    );
    const hidden = propertiesOf('AWS::SQS::Queue').flatMap(({ VisibilityTimeout = [] }) => VisibilityTimeout);
    expect(hidden).toHaveLength(writing.length);
    for (const seconds of hidden) expect(seconds).toBeGreaterThanOrEqual(6 * Math.min(...timeouts));
  });

  it('are tried for six hours, each time after the same delay', () => {
    const queues = propertiesOf('AWS::SQS::Queue').filter(({ RedrivePolicy }) => RedrivePolicy);
    for (const { RedrivePolicy, VisibilityTimeout } of queues) {
      const seconds = (RedrivePolicy.maxReceiveCount - 1) * VisibilityTimeout;
      expect(seconds).toBeGreaterThanOrEqual(6 * 3600);
      expect(seconds).toBeLessThan(6 * 3600 + VisibilityTimeout);
    }
  });

  it('that failed too often are kept for a week more, because SQS counts from the first sending', () => {
    const slow = { ...WITH_EVENTS, ejabberdTimeoutMs: 25_000, eventMaxReceiveCount: 1000 };
    for (const { events } of [templatesOf(WITH_EVENTS), templatesOf(slow)]) {
      const queues = Object.values(events.findResources('AWS::SQS::Queue')).map(({ Properties }) => Properties);
      const [sources, deadLetters] = [true, false].map((has) =>
        queues.filter(({ RedrivePolicy }) => !!RedrivePolicy === has),
      );
      expect([sources?.length, deadLetters?.length]).toEqual([writing.length, writing.length]);
      const longest = Math.max(...(sources ?? []).map(({ MessageRetentionPeriod }) => MessageRetentionPeriod));
      for (const { MessageRetentionPeriod } of deadLetters ?? []) {
        expect(MessageRetentionPeriod - longest).toBeGreaterThanOrEqual(7 * 86_400);
      }
      for (const { MessageRetentionPeriod, RedrivePolicy, VisibilityTimeout } of sources ?? []) {
        expect(MessageRetentionPeriod).toBeGreaterThan(RedrivePolicy.maxReceiveCount * VisibilityTimeout);
      }
    }
  });

  it('make the table of keys, because a stanza that comes again must not be sent again', () => {
    templatesOf(WITH_EVENTS).functions.resourceCountIs('AWS::DynamoDB::Table', 1);
  });

  it('are tried once without the table if they ask for a stanza', () => {
    const { events } = templatesOf({ events: 'true', idempotency: 'false' });
    const counts = Object.entries(events.findResources('AWS::SQS::Queue')).flatMap(([id, { Properties }]) =>
      Properties.RedrivePolicy ? [[id.replace(/[0-9A-F]{8}$/, ''), Properties.RedrivePolicy.maxReceiveCount]] : [],
    );
    expect(Object.fromEntries(counts)).toEqual({
      EventsLinkContacts: 278,
      EventsUnlinkContacts: 278,
      EventsSendStanza: 1,
    });
  });

  it('leave half of a function to its other callers', () => {
    const reserved = Object.values(functions.findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.ReservedConcurrentExecutions,
    );
    const sources = propertiesOf('AWS::Lambda::EventSourceMapping');
    expect(sources).toHaveLength(writing.length);
    for (const { FunctionName, FunctionResponseTypes, BatchSize, ScalingConfig } of sources) {
      expect(JSON.stringify(FunctionName)).toMatch(/PublishOutputRefRostbeef\w+Live/);
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(BatchSize).toBe(10);
      expect(ScalingConfig.MaximumConcurrency).toBe(Math.floor(Math.max(...reserved) / 2));
      expect(ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
  });

  it('that can’t be brought to their queue are not lost', () => {
    template.allResourcesProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  it.each(writing)(
    'that ask for $name have a schema in the documentation, which their example meets',
    async (method) => {
      const schema = eventSchema(method);
      const text = `${JSON.stringify(schema, null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(`../../docs/events/${detailType(method)}.json`);
      const { $schema, ...rest } = schema;
      const meets = new Ajv({ strict: false }).compile(rest);
      const event = { source: 'com.example.crm', 'detail-type': detailType(method), detail: method.example.input };
      expect(meets(event)).toBe(true);
      expect(meets({ ...event, detail: { misspelt: 1 } })).toBe(false);
    },
  );
});
