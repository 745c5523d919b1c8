/** Checks and sets the password of the account on ejabberd. */
import {
  type CommandOptions,
  type Credentials,
  CredentialsRejectedError,
  changePassword,
  checkAccount,
  ItemNotFoundError,
  PermissionDeniedError,
  runCommands,
} from 'rostbeef-layer';

/** The operations of a rotation on the server. */
export interface AccountServer {
  /** Tells whether the server accepts the account's password. The account's permissions do not matter. */
  takes(account: Credentials): Promise<boolean>;
  /** Runs a command that changes nothing, as the account. */
  tryOut(account: Credentials): Promise<void>;
  /** Sets the account's password, as the administrator. A second call is harmless. */
  setPassword(account: Credentials, administrator: Credentials): Promise<void>;
}

/**
 * Creates the operations of a rotation on a server with `ejabberd_xmlrpc`.
 *
 * @param connection the server's URL, and the milliseconds for each operation
 */
export function accountServer(connection: Omit<CommandOptions, 'account'>): AccountServer {
  const tryOut = async (account: Credentials): Promise<void> => {
    await runCommands({ ...connection, account }, (run) => run(checkAccount(jidOf(account))));
  };
  return {
    tryOut,
    async takes(account) {
      try {
        await tryOut(account);
        return true;
      } catch (error) {
        if (error instanceof CredentialsRejectedError) return false;
        // ejabberd checks the password before the permission.
        if (error instanceof PermissionDeniedError || error instanceof ItemNotFoundError) return true;
        throw error;
      }
    },
    async setPassword(account, administrator) {
      const command = changePassword(jidOf(account), account.password);
      await runCommands({ ...connection, account: administrator }, (run) => run(command)).catch((error: unknown) => {
        throw error instanceof CredentialsRejectedError
          ? new CredentialsRejectedError({ detail: 'those of ROTATION_ADMIN_SECRET_ARN' })
          : error;
      });
    },
  };
}

/** Returns the account as the secret spells it, because the server knows this spelling. */
function jidOf({ user, server }: Credentials) {
  return { local: user, domain: server, resource: '' };
}
