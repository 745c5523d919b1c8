import { ENVIRONMENT_LIMIT_BYTES, tooLarge } from '../environment-size.ts';
import { functionEnvironment } from './function-environment.ts';

/**
 * Bytes for the variables whose values CloudFormation knows only when it deploys: the secret’s ARN, the table’s name and the
 * endpoint’s URL.
 */
const BYTES_OF_OTHERS = 700;

/** The variable that holds the certificate in `ejabberdCaFile`. */
const CA_VARIABLE = 'EJABBERD_CA_PEM';

/**
 * Lists the settings that don’t fit into the 4 KB of a function’s environment, by key.
 *
 * @param given the settings as they were given
 * @param caPem the content of `ejabberdCaFile`
 */
export function environmentProblems(given: Readonly<Record<string, unknown>>, caPem: string | undefined) {
  const limit = ENVIRONMENT_LIMIT_BYTES - BYTES_OF_OTHERS;
  const fixed = functionEnvironment(given);
  const variables = { ...fixed, ...(caPem !== undefined && { [CA_VARIABLE]: caPem }) };
  return tooLarge(variables, limit).map(([name, bytes]) => {
    const key = name === CA_VARIABLE ? 'ejabberdCaFile' : keyOf(name, given);
    return `${key}: takes ${bytes} of the ${limit} bytes that a function’s environment has for settings: shorten it`;
  });
}

function keyOf(name: string, given: Readonly<Record<string, unknown>>): string {
  return Object.keys(given).find((key) => name in functionEnvironment({ [key]: given[key] })) ?? name;
}
