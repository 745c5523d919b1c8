import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EVERYTHING, synthesize } from './synthesize.ts';

const { monitoring, remove } = synthesize(EVERYTHING);
afterAll(remove);

const alarms = Object.entries(monitoring.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
  id: id.replace(/^Monitoring|Alarm[0-9A-F]{8}$/g, ''),
  ...Properties,
}));
const runbook = readFileSync(resolve(import.meta.dirname, '../../docs/runbook.md'), 'utf8');

describe('the alarms', () => {
  it('tell the topic when something is wrong and when it is no longer', () => {
    expect(alarms.length).toBeGreaterThan(5);
    for (const { id, AlarmActions, OKActions } of alarms) {
      expect(AlarmActions, id).toHaveLength(1);
      expect(OKActions, id).toEqual(AlarmActions);
    }
  });

  it('say each what to do, and the runbook says more of it', () => {
    for (const { id, AlarmDescription } of alarms) {
      expect(AlarmDescription, id).toMatch(/^\S.*\. Runbook: \S.*\. \(docs\/runbook\.md, \w+\)$/);
      expect(runbook, id).toContain(`## ${id}\n`);
    }
    const sections = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, id]) => id);
    expect(sections.sort()).toEqual(alarms.map(({ id }) => id).sort());
  });

  it('go off where nobody has looked at ejabberd, and not where nobody has called', () => {
    for (const { id, TreatMissingData } of alarms) {
      expect(TreatMissingData, id).toBe(id === 'EjabberdUnreachable' ? 'breaching' : 'notBreaching');
    }
  });

  it('reach a topic that CloudWatch may publish to, and that takes TLS alone', () => {
    monitoring.resourceCountIs('AWS::SNS::Topic', 1);
    const [key] = Object.values(monitoring.findResources('AWS::KMS::Key'));
    expect(JSON.stringify(key?.['Properties'].KeyPolicy)).toContain('cloudwatch.amazonaws.com');
    const [policy] = Object.values(monitoring.findResources('AWS::SNS::TopicPolicy'));
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
  });
});

describe('the dashboard', () => {
  const [dashboard] = Object.values(monitoring.findResources('AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(dashboard?.['Properties'].DashboardBody);

  it.each(['Calls by method', 'p50 by method', 'p99 by method', 'Errors by name', 'Failures', 'API latency'])(
    'shows %s',
    (title) => {
      expect(body).toContain(title);
    },
  );

  it('fits its widgets into 24 columns', () => {
    const text = dashboard?.['Properties'].DashboardBody['Fn::Join'][1]
      .map((part: unknown) => (typeof part === 'string' ? part : 'x'))
      .join('');
    const { widgets } = JSON.parse(text);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });
});
