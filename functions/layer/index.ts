/** The layer's public door. */

export { type Config, type ConfigResult, parseConfig, readConfig } from './config.ts';
export { type CredentialSource, secretCredentials } from './credentials/credentials.ts';
export { type Credentials, parseSecret } from './credentials/secret.ts';
export { type SecretStage, secretsManagerStore } from './credentials/secret-store.ts';
export { type SecretVersions, secretVersions } from './credentials/secret-versions.ts';
export { Deadline } from './deadline.ts';
export { problemOf, problemSchema } from './doors/problem.ts';
export {
  type Command,
  changePassword,
  checkAccount,
  type GroupsArgument,
  probeGroupsArgument,
  registeredVhosts,
} from './ejabberd/commands.ts';
export {
  CORE_COMMANDS,
  echo,
  HOSTLESS_COMMANDS,
  permissionProbes,
  serverRelease,
  UNPROBED_COMMANDS,
} from './ejabberd/probes.ts';
export type { Run } from './ejabberd/runner.ts';
export * from './errors/index.ts';
export { createHandler, type LambdaHandler } from './handler.ts';
export { type IdempotencyKey, KEY_FORM, KEY_FORM_PROBLEM, keyId } from './idempotency/key.ts';
export { heldIn, isAtWork, type State } from './idempotency/record.ts';
export type { Jid } from './jid.ts';
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
export { metricDirective } from './metrics.ts';
export { type CommandOptions, runCommands } from './operations.ts';
export { type Environment, foreignIssue, isForeign, isMisspelt, isSettingName } from './setting-names.ts';
export { edits } from './shared/edits.ts';
export { hostAndPort } from './shared/host-and-port.ts';
export { isObject } from './shared/is-object.ts';
