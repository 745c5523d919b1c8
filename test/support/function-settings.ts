import type { SecretsManager } from './secrets-manager.ts';
import type { XmppServer } from './xmpp-server.ts';

/** The environment of a function that talks to these two. */
export function functionSettings(
  server: Pick<XmppServer, 'url' | 'traits'>,
  secrets: Pick<SecretsManager, 'url'>,
  secret: string,
): Record<string, string> {
  return {
    EJABBERD_URL: server.url,
    EJABBERD_DIALECT: server.traits.dialect,
    EJABBERD_SECRET_ARN: secret,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}
