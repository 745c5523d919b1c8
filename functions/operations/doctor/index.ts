import type { Context } from 'aws-lambda';
import { Deadline } from 'rostbeef-layer';
import { examine } from './examine.ts';
import { logReport } from './log.ts';
import type { Report } from './report.ts';

/** Time to answer in, before Lambda ends the function. */
const MARGIN_MS = 500;

/**
 * The Lambda function `doctor`, for a schedule or by hand: the event does not matter.
 *
 * @returns the report, whatever is wrong with the server
 * @throws a defect alone
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
