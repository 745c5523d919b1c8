/** The account on ejabberd, and who may set its password. */
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

/** What a rotation does on the server. */
export interface AccountServer {
  /** Whether the account's password is this one, whatever the account may do with it. */
  takes(account: Credentials): Promise<boolean>;
  /** Runs a command that changes nothing, as the account. */
  tryOut(account: Credentials): Promise<void>;
  /** Sets the account's password, as the administrator. Done twice, it does no harm. */
  setPassword(account: Credentials, administrator: Credentials): Promise<void>;
}

/**
 * The accounts of a server, by `ejabberd_xmlrpc`.
 *
 * @param connection where it is, and how long each may take
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
        // ejabberd looks at the password before it looks at what the account may do.
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

/** As the secret spells it: it is the server that knows how it spells its accounts. */
function jidOf({ user, server }: Credentials) {
  return { local: user, domain: server, resource: '' };
}
