/** Rotates the account's password: the rotation function of its secret. */
import {
  CredentialsUnavailableError,
  type LambdaHandler,
  logLine,
  parseSecret,
  RostbeefError,
  secretsManagerStore,
  secretVersions,
  UnexpectedError,
} from 'rostbeef-layer';
import { accountServer } from './account.ts';
import { rotationEvent } from './event.ts';
import { readSettings } from './settings.ts';
import { takeStep } from './steps.ts';

/** Milliseconds reserved for the response, before Lambda ends the function. */
const MARGIN_MS = 250;

const ADMIN_SETTING = 'ROTATION_ADMIN_SECRET_ARN';

/** The Lambda function that Secrets Manager calls for each step. It throws a `RostbeefError` if a step fails. */
export const handler: LambdaHandler = async (event, { awsRequestId: requestId, getRemainingTimeInMillis }) => {
  const started = performance.now();
  const subject: Record<string, unknown> = { operation: 'rotation', requestId };
  const log = (error?: RostbeefError) => logLine({ ...subject, durationMs: performance.now() - started }, error);
  try {
    const { step, secretArn, versionId } = rotationEvent(event);
    Object.assign(subject, { step, secretArn, versionId });
    const { url, caPem: ca, timeoutMs, adminSecretArn } = readSettings();
    subject['changed'] = await takeStep(step, {
      versionId,
      secret: secretVersions(secretArn),
      server: accountServer({ url, ca, timeoutMs: Math.min(timeoutMs, getRemainingTimeInMillis() - MARGIN_MS) }),
      administrator: () => readAdministrator(adminSecretArn),
    });
  } catch (cause) {
    const error = cause instanceof RostbeefError ? cause : new UnexpectedError({ cause });
    log(error);
    throw error;
  }
  log();
};

async function readAdministrator(secretArn: string) {
  const text = await secretsManagerStore(secretArn, ADMIN_SETTING).read('AWSCURRENT');
  if (text === undefined)
    throw new CredentialsUnavailableError({ detail: `the secret of ${ADMIN_SETTING} has no value yet` });
  return parseSecret(text, `the secret of ${ADMIN_SETTING}`);
}
