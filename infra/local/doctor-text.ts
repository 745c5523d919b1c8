import type { Finding, Report } from '../../functions/operations/doctor/report.ts';

/** A report for a terminal: one line a check that was made, and then how to fix what failed. */
export function reportText({ server, findings, unseen }: Report): string {
  const failed = findings.filter(({ outcome }) => outcome === 'failed');
  return [
    ...(server === undefined ? [] : [`${server}\n`]),
    ...findings.filter(({ outcome }) => outcome !== 'skipped').map(findingText),
    ...skippedTexts(findings),
    ...failed.map(fixText),
    ...(unseen.length === 0 ? [] : ['\nNot visible from here:', ...unseen.map((text) => `- ${text}`)]),
    failed.length === 0 ? '\nNothing is wrong.' : `\n${failed.length} of ${findings.length} checks failed.`,
  ].join('\n');
}

function findingText({ outcome, check, found }: Finding): string {
  return `${outcome.padEnd(8)} ${check.padEnd(16)} ${found}`;
}

/** Returns a line for each reason. */
function skippedTexts(findings: readonly Finding[]): readonly string[] {
  const reasons = Map.groupBy(
    findings.filter(({ outcome }) => outcome === 'skipped'),
    ({ found }) => found,
  );
  return [...reasons].map(([reason, skipped]) => `skipped  ${skipped.map(({ check }) => check).join(', ')}: ${reason}`);
}

/** The lines for `ejabberd.yml` stand by themselves and not indented, so that they can be copied. */
function fixText({ check, fix, yaml }: Finding): string {
  return `\n${check}: ${fix}${yaml === undefined ? '' : `\n\n${yaml.trimEnd()}`}`;
}
