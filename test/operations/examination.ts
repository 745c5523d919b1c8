/** The doctor as its tests call it. */
import { onTestFinished } from 'vitest';
import { Deadline } from '../../functions/layer/shared/deadline.ts';
import { examine } from '../../functions/operations/doctor/examine.ts';
import type { CheckName, Finding, Report } from '../../functions/operations/doctor/report.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';

/** Starts a stand-in for Secrets Manager, and lets this process's AWS SDK use it. */
export async function useSecretsManager(): Promise<SecretsManager> {
  const secrets = await startSecretsManager();
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return secrets;
}

/** Examines with these settings, within the test. */
export async function examined(
  environment: Readonly<Record<string, string>>,
  { deadlineMs = 15_000, connections = 4 } = {},
): Promise<Report> {
  const deadline = new Deadline(deadlineMs);
  onTestFinished(() => deadline.end());
  return examine({ environment, deadline, connections });
}

/** The finding of a check. */
export function findingOf({ findings }: Report, check: CheckName): Finding {
  const finding = findings.find((candidate) => candidate.check === check);
  if (finding === undefined) throw new Error(`nothing about ${check}`);
  return finding;
}

/** The names of the checks with this outcome. */
export function checksThat({ findings }: Report, outcome: Finding['outcome']): readonly CheckName[] {
  return findings.filter((finding) => finding.outcome === outcome).map(({ check }) => check);
}
