/** Parses the secret, which holds the account that runs the commands. */
import { CredentialsUnavailableError } from '../errors/index.ts';
import { isObject } from '../shared/is-object.ts';
import { xmlProblem } from '../xmlrpc/xml-text.ts';

/** The account that runs the commands: its user name, its vhost and its password. */
export interface Credentials {
  readonly user: string;
  readonly server: string;
  readonly password: string;
}

/**
 * Parses the text of a secret.
 *
 * @param text JSON of the form `{"user", "server", "password"}`. Other members are ignored
 * @param name the name of the secret in error messages
 * @throws CredentialsUnavailableError that names the members that are missing or not valid, without values
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
  const members = ['user', 'server', 'password'];
  const missing = members.filter((key) => member(key) === '');
  if (missing.length > 0) {
    throw new CredentialsUnavailableError({ detail: `${name} lacks ${missing.join(', ')}, each a non-empty string` });
  }
  for (const key of members) {
    const problem = xmlProblem(member(key));
    if (problem !== undefined) throw new CredentialsUnavailableError({ detail: `${name}: ${key} ${problem}` });
  }
  return { user: member('user'), server: member('server'), password: member('password') };
}

/** Tells whether two credentials are the same, including the password. */
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
