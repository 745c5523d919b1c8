/** The secret, and what ejabberd says to it. */
import {
  type Config,
  type CredentialSource,
  type Credentials,
  CredentialsRejectedError,
  CredentialsUnavailableError,
  echo,
  runCommands,
  secretCredentials,
  secretsManagerStore,
} from 'rostbeef-layer';
import type { Asked } from './endpoint.ts';
import type { Result } from './report.ts';

/** The account of the secret, and where a newer password comes from; both absent where no secret is configured. */
export interface Account {
  readonly source?: CredentialSource;
  readonly credentials?: Credentials;
}

/** Whether the secret can be read and has the right form. */
export async function checkSecret({ secretArn }: Config, signal: AbortSignal): Promise<Result<Account>> {
  if (secretArn === undefined) return { found: 'none is configured: calls go out without credentials', value: {} };
  const source = secretCredentials(secretsManagerStore(secretArn));
  try {
    const credentials = await source.current(signal);
    return { found: `it is that of ${jidOf(credentials)}`, value: { source, credentials } };
  } catch (error) {
    if (!(error instanceof CredentialsUnavailableError)) throw error;
    return {
      found: error.message,
      mend: 'Let the function read a secret {"user": "…", "server": "…", "password": "…"}.',
    };
  }
}

/**
 * Whether ejabberd accepts the credentials, which it checks also for a command that takes none. In a rotation they may be
 * those that are pending, as they are for the functions.
 */
export async function checkCredentials(
  asked: Asked,
  { source, credentials }: Account,
  signal: AbortSignal,
): Promise<Result<Account>> {
  if (credentials === undefined) return { found: 'none are sent', value: {} };
  if (await isAccepted(asked, credentials)) {
    return { found: `those of ${jidOf(credentials)} are accepted`, value: { credentials } };
  }
  const renewed = await source?.renew(credentials, signal);
  if (renewed !== undefined && (await isAccepted(asked, renewed))) {
    const found = `those of ${jidOf(renewed)} are accepted, of another stage of the secret: a rotation is under way`;
    return { found, value: { credentials: renewed } };
  }
  const { user, server } = credentials;
  return {
    found: `ejabberd refuses those of ${jidOf(credentials)}`,
    mend:
      'Store the password that the account has in the secret, or set the account’s to that of the secret: ' +
      `ejabberdctl change_password ${user} ${server} '<password>'. Where there is no such account yet: ` +
      `ejabberdctl register ${user} ${server} '<password>'.`,
  };
}

async function isAccepted(asked: Asked, account: Credentials): Promise<boolean> {
  try {
    await runCommands({ ...asked, account }, (run) => run(echo()));
    return true;
  } catch (error) {
    if (error instanceof CredentialsRejectedError) return false;
    throw error;
  }
}

/** The account as a JID. */
export function jidOf({ user, server }: Pick<Credentials, 'user' | 'server'>): string {
  return `${user}@${server}`;
}
