import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVERYTHING, templatesOf } from './synthesize.ts';

const whole = templatesOf(EVERYTHING);
const { monitoring } = whole;

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

  it('go off if no check of ejabberd has run, and not if there were no calls', () => {
    for (const { id, TreatMissingData } of alarms) {
      expect(TreatMissingData, id).toBe(id === 'EjabberdUnreachable' ? 'breaching' : 'notBreaching');
    }
  });

  it.each([1, 5, 10, 15, 60])('can go off by what the doctor finds every %i minutes', (doctorMinutes) => {
    const { monitoring: template } = templatesOf({ doctorMinutes });
    const [finding] = Object.values(
      template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'DoctorFailures' } }),
    );
    const { Period, DatapointsToAlarm, EvaluationPeriods } = finding?.['Properties'] ?? {};
    // Each period has a check, and one that falls into its neighbour leaves enough of them.
    expect(Period).toBe(60 * doctorMinutes);
    expect(DatapointsToAlarm * doctorMinutes).toBeGreaterThanOrEqual(15);
    expect(EvaluationPeriods).toBe(DatapointsToAlarm + 1);
  });

  it('tell that Lambda ended an invocation, by its own report in each function’s log', () => {
    const { functions } = whole;
    const filters = Object.values(functions.findResources('AWS::Logs::MetricFilter')).map(
      ({ Properties }) => Properties,
    );
    const groups = Object.keys(functions.findResources('AWS::Logs::LogGroup'));
    for (const [metric, part] of [
      ['EndedByLambda', '$.record.status = "timeout"'],
      ['ShortOfMemory', '$.record.metrics.maxMemoryUsedMB >= '],
    ] as const) {
      const counting = filters.filter(({ MetricTransformations: [{ MetricName }] }) => MetricName === metric);
      expect(counting.map(({ LogGroupName }) => LogGroupName.Ref).sort()).toEqual(groups.sort());
      for (const { FilterPattern } of counting) expect(FilterPattern).toContain(part);
      expect(alarms.map(({ MetricName }) => MetricName)).toContain(metric);
    }
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
