/** Reads the event that Secrets Manager sends for each step. */
import { InvalidInputError, type Issue } from 'rostbeef-layer';

/** The steps, in their order. */
export const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type Step = (typeof STEPS)[number];

/** One step of one rotation. */
interface RotationEvent {
  readonly step: Step;
  readonly secretArn: string;
  /** The version that this rotation makes. */
  readonly versionId: string;
}

/**
 * Reads the event.
 *
 * @throws InvalidInputError that lists every member which is missing or wrong
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @example
 * rotationEvent({ Step: 'createSecret', SecretId: 'arn:aws:secretsmanager:…', ClientRequestToken: '9d3c…' })
 */
export function rotationEvent(event: unknown): RotationEvent {
  const member = (name: string): unknown =>
    typeof event === 'object' && event !== null ? Reflect.get(event, name) : undefined;
  const text = (name: string): string => {
    const value = member(name);
    return typeof value === 'string' ? value : '';
  };
  const step = STEPS.find((known) => known === member('Step'));
  const secretArn = text('SecretId');
  const versionId = text('ClientRequestToken');
  const issues: Issue[] = [];
  if (secretArn === '') issues.push({ path: 'SecretId', message: 'must be the ARN of the secret' });
  if (versionId === '') issues.push({ path: 'ClientRequestToken', message: 'must be the id of the new version' });
  if (step === undefined) issues.push({ path: 'Step', message: `must be one of ${STEPS.join(', ')}` });
  if (step === undefined || issues.length > 0) throw new InvalidInputError({ issues });
  return { step, secretArn, versionId };
}
