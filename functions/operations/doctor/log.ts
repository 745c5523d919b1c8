import { metricDirective } from 'rostbeef-layer';
import type { Report } from './report.ts';

/** One metric each, with no dimension: for the alarms on a system that nobody calls. */
const METRICS = {
  /** 1 where the endpoint answers as `ejabberd_xmlrpc` does, or else 0. */
  EjabberdReachable: 'Count',
  /** How many checks failed. */
  DoctorFailures: 'Count',
} as const;

/** Writes a report's line of JSON to standard output, which Lambda sends to the log group, and its metrics with it. */
export function logReport({ server, healthy, findings }: Report, requestId: string): void {
  const line = {
    level: healthy ? 'INFO' : 'ERROR',
    timestamp: new Date().toISOString(),
    function: 'doctor',
    requestId,
    server,
    failed: findings.filter(({ outcome }) => outcome === 'failed').map(({ check, found }) => ({ check, found })),
    skipped: findings.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check),
    EjabberdReachable: Number(findings.some(({ check, outcome }) => check === 'endpoint' && outcome === 'ok')),
    DoctorFailures: findings.filter(({ outcome }) => outcome === 'failed').length,
    _aws: metricDirective(METRICS, []),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
