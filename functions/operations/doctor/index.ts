import type { Context } from 'aws-lambda';
import { Deadline } from 'rostbeef-layer';
import { examine } from './examine.ts';
import { logReport } from './log.ts';
import type { Report } from './report.ts';

/** Milliseconds reserved for the response, before Lambda ends the function. */
const MARGIN_MS = 500;

/**
 * The Lambda function `doctor`. It runs on a schedule or by hand, and ignores its event.
 *
 * @returns the report. A failed check does not throw
 * @throws defects only
 */
export async function handler(_event: unknown, context: Context): Promise<Report> {
  const deadline = new Deadline(context.getRemainingTimeInMillis() - MARGIN_MS);
  try {
    const report = await examine({ environment: process.env, deadline });
    logReport(report, context.awsRequestId);
    return report;
  } finally {
    deadline.end();
  }
}
