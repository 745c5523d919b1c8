/** The layer's public door. */

export { type Config, readConfig } from './config.ts';
export { type Credentials, parseSecret } from './credentials.ts';
export { problemOf, problemSchema } from './doors/problem.ts';
export { changePassword, checkAccount } from './ejabberd/commands.ts';
export * from './errors/index.ts';
export { createHandler, type LambdaHandler } from './handler.ts';
export { logLine } from './log.ts';
export { catalogue } from './methods/catalogue.ts';
export { getPresence } from './methods/get-presence.ts';
export { getResources } from './methods/get-resources.ts';
export { getRoster } from './methods/get-roster.ts';
export { getRosterWithPresence } from './methods/get-roster-with-presence.ts';
export { linkContacts } from './methods/link-contacts.ts';
export type { Method, MethodName } from './methods/method.ts';
export { sendStanza } from './methods/send-stanza.ts';
export { unlinkContacts } from './methods/unlink-contacts.ts';
export { type CommandOptions, runCommands } from './operations.ts';
export { type SecretStage, secretsManagerStore } from './secret-store.ts';
export { type SecretVersions, secretVersions } from './secret-versions.ts';
