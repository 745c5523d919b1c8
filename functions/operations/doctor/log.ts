import { metricDirective } from 'rostbeef-layer';
import type { Report } from './report.ts';

/**
 * Writes a report as a line of JSON to standard output, which Lambda sends to the log group. It has two metrics, so that
 * alarms work on a system without calls:
 *
 * - `EjabberdReachable`: 1 if the endpoint answers as expected, otherwise 0
 * - `DoctorFailures`: the number of failed checks
 */
export function logReport({ server, healthy, findings }: Report, requestId: string): void {
  const failed = findings.filter(({ outcome }) => outcome === 'failed');
  const metrics = {
    EjabberdReachable: Number(findings.some(({ check, outcome }) => check === 'endpoint' && outcome === 'ok')),
    DoctorFailures: failed.length,
  };
  const line = {
    level: healthy ? 'INFO' : 'ERROR',
    timestamp: new Date().toISOString(),
    function: 'doctor',
    requestId,
    server,
    failed: failed.map(({ outcome, ...finding }) => finding),
    skipped: findings.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check),
    ...metrics,
    _aws: metricDirective(Object.keys(metrics)),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
