/** Reads the event that the state machine sends. */
import { InvalidInputError, type Issue, isObject } from 'rostbeef-layer';
import type { Preparation } from './prepare.ts';

/** The file to prepare, and its bucket. */
interface PrepareEvent extends Preparation {
  readonly bucket: string;
}

/**
 * Reads the event.
 *
 * @throws InvalidInputError that lists every member that is not valid
 */
export function prepareEvent(event: unknown): PrepareEvent {
  const { bucket, key, run, keepsKeys }: Readonly<Record<string, unknown>> = isObject(event) ? event : {};
  const issues: Issue[] = [];
  const textOf = (path: string, value: unknown): string => {
    if (typeof value === 'string' && value !== '') return value;
    issues.push({ path, message: 'must be a string that is not empty' });
    return '';
  };
  const read = { bucket: textOf('bucket', bucket), key: textOf('key', key), name: textOf('run', run) };
  if (read.name !== '' && !/^[\w-]{1,80}$/.test(read.name)) {
    const message = 'must be 1 to 80 letters, digits, hyphens and underscores: start the execution by such a name';
    issues.push({ path: 'run', message });
  }
  if (issues.length > 0) throw new InvalidInputError({ issues });
  return { ...read, keepsKeys: keepsKeys === true };
}
