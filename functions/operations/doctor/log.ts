import { metricDirective } from 'rostbeef-layer';
import type { Report } from './report.ts';

/**
 * Writes a report's line of JSON to standard output, which Lambda sends to the log group, and two metrics with it, for the
 * alarms on a system that nobody calls:
 *
 * - `EjabberdReachable`: 1 where the endpoint answers as it should, or else 0
 * - `DoctorFailures`: how many checks failed
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
    failed: failed.map(({ outcome, ...told }) => told),
    skipped: findings.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check),
    ...metrics,
    _aws: metricDirective(Object.keys(metrics)),
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
