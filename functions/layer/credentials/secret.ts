/** Parses the secret, which holds the account that the commands run as. */
import { CredentialsUnavailableError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';

/** The account of the commands, as the secret holds it in JSON. */
export interface Credentials {
  readonly user: string;
  readonly server: string;
  readonly password: string;
}

/**
 * Reads a secret's text.
 *
 * @param text JSON of the form `{"user", "server", "password"}`; other members are ignored
 * @param name the secret's name in an error
 * @throws CredentialsUnavailableError that names the members that are missing, and no value
 * @example
 * parseSecret('{"user":"rostbeef","server":"example.com","password":"…"}').user // 'rostbeef'
 */
export function parseSecret(text: string, name = 'the secret'): Credentials {
  const secret = parsed(text);
  if (secret === undefined) {
    throw new CredentialsUnavailableError({ detail: `${name} is not JSON of the form {"user", "server", "password"}` });
  }
  const member = (key: string): string => {
    const value = isObject(secret) ? secret[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const missing = ['user', 'server', 'password'].filter((key) => member(key) === '');
  if (missing.length > 0) {
    throw new CredentialsUnavailableError({ detail: `${name} lacks ${missing.join(', ')}, each a non-empty string` });
  }
  return { user: member('user'), server: member('server'), password: member('password') };
}

/** Tells whether two credentials are the same, password included. */
export function sameCredentials(one: Credentials, other: Credentials): boolean {
  return one.user === other.user && one.server === other.server && one.password === other.password;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
