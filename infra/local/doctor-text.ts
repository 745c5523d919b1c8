import type { Finding, Report } from '../../functions/operations/doctor/report.ts';

/** Formats a report for a terminal: one line for each check, and the repairs of those that failed. */
export function reportText({ server, findings }: Report): string {
  const failed = findings.filter(({ outcome }) => outcome === 'failed');
  return [
    ...(server === undefined ? [] : [`${server}\n`]),
    ...findings.map(({ outcome, check, found }) => `${outcome.padEnd(8)} ${check.padEnd(16)} ${found}`),
    ...failed.map(repairText),
    failed.length === 0 ? '\nNothing is wrong.' : `\n${failed.length} of ${findings.length} checks failed.`,
  ].join('\n');
}

/** The lines of `ejabberd.yml` are not indented, so that they can be copied. */
function repairText({ check, mend, yaml }: Finding): string {
  return `\n${check}: ${mend}${yaml === undefined ? '' : `\n\n${yaml.trimEnd()}`}`;
}
