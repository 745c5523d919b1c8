/** Reads the event that Secrets Manager sends for each step. */
import { InvalidInputError, type Issue, isObject } from 'rostbeef-layer';

/** The steps, in their order. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** The name of a step. */
export type Step = (typeof STEPS)[number];

/** One step of one rotation. */
interface RotationEvent {
  readonly step: Step;
  readonly secretArn: string;
  /** The id of the new version. */
  readonly versionId: string;
}

/**
 * Reads the event.
 *
 * @throws InvalidInputError that lists every member that is missing or not valid
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @example
 * rotationEvent({ Step: 'createSecret', SecretId: 'arn:aws:secretsmanager:…', ClientRequestToken: '9d3c…' })
 */
export function rotationEvent(event: unknown): RotationEvent {
  const { Step, SecretId, ClientRequestToken }: Readonly<Record<string, unknown>> = isObject(event) ? event : {};
  const step = STEPS.find((known) => known === Step);
  const secretArn = typeof SecretId === 'string' ? SecretId : '';
  const versionId = typeof ClientRequestToken === 'string' ? ClientRequestToken : '';
  const issues: Issue[] = [];
  if (secretArn === '') issues.push({ path: 'SecretId', message: 'must be the ARN of the secret' });
  if (versionId === '') issues.push({ path: 'ClientRequestToken', message: 'must be the id of the new version' });
  if (step === undefined) issues.push({ path: 'Step', message: `must be one of ${STEPS.join(', ')}` });
  if (step === undefined || issues.length > 0) throw new InvalidInputError({ issues });
  return { step, secretArn, versionId };
}
