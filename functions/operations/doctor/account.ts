/** Checks the secret, and whether ejabberd accepts its credentials. */
import {
  type Config,
  type CredentialSource,
  type Credentials,
  CredentialsRejectedError,
  CredentialsUnavailableError,
  type Deadline,
  echo,
  runCommands,
  secretCredentials,
  secretsManagerStore,
} from 'rostbeef-layer';
import type { Target } from './endpoint.ts';
import type { Result } from './report.ts';

/** The account of the secret, and the source of a newer password. Both are absent if no secret is configured. */
export interface Account {
  readonly source?: CredentialSource;
  readonly credentials?: Credentials;
}

/** Checks whether the secret can be read and has the right form. */
export async function checkSecret({ secretArn }: Config, deadline: Deadline): Promise<Result<Account>> {
  if (secretArn === undefined) return { found: 'none is configured: calls go out without credentials', value: {} };
  const source = secretCredentials(secretsManagerStore(secretArn));
  try {
    const credentials = await source.current(deadline);
    return { found: `it holds the account ${jidOf(credentials)}`, value: { source, credentials } };
  } catch (error) {
    if (!(error instanceof CredentialsUnavailableError)) throw error;
    return {
      found: error.message,
      fix: 'Store {"user": "…", "server": "…", "password": "…"} in the secret, and let the function read it.',
    };
  }
}

/**
 * Checks whether ejabberd accepts the credentials. It checks them even for a command that needs none. During a rotation, the
 * pending credentials count too, as they do for the functions.
 */
export async function checkCredentials(
  target: Target,
  { source, credentials }: Account,
  deadline: Deadline,
): Promise<Result<Account>> {
  if (credentials === undefined) return { found: 'none are sent', value: {} };
  if (await isAccepted(target, credentials)) {
    return { found: `ejabberd accepts ${jidOf(credentials)}`, value: { credentials } };
  }
  const renewed = await source?.renew(credentials, deadline);
  if (renewed !== undefined && (await isAccepted(target, renewed))) {
    const found = `ejabberd accepts ${jidOf(renewed)} with another stage of the secret: a rotation is running`;
    return { found, value: { credentials: renewed } };
  }
  const { user, server } = credentials;
  return {
    found: `ejabberd refuses ${jidOf(credentials)}`,
    fix:
      'Store the account’s password in the secret, or set the account’s password to that of the secret: ' +
      `ejabberdctl change_password ${user} ${server} '<password>'. If there is no such account: ` +
      `ejabberdctl register ${user} ${server} '<password>'.`,
  };
}

async function isAccepted(target: Target, account: Credentials): Promise<boolean> {
  try {
    await runCommands({ ...target, account }, (run) => run(echo()));
    return true;
  } catch (error) {
    if (error instanceof CredentialsRejectedError) return false;
    throw error;
  }
}

/** Returns the account as a JID. */
export function jidOf({ user, server }: Pick<Credentials, 'user' | 'server'>): string {
  return `${user}@${server}`;
}
