/** The public API of the layer. Functions and infrastructure import the layer from here only. */

export { type Config, parseConfig } from './config/config.ts';
export { type Environment, foreignIssue, isForeign, isMisspelt, isSettingName } from './config/setting-names.ts';
export { type CredentialSource, secretCredentials } from './credentials/credentials.ts';
export { type Credentials, parseSecret } from './credentials/secret.ts';
export { secretsManagerStore } from './credentials/secret-store.ts';
export { type SecretVersions, secretVersions } from './credentials/secret-versions.ts';
export type { Command } from './dialects/command.ts';
export {
  changePassword,
  checkAccount,
  type GroupsArgument,
  probeGroupsArgument,
  registeredVhosts,
} from './dialects/ejabberd/commands.ts';
export { orCrash } from './dialects/ejabberd/crash.ts';
export {
  CORE_COMMANDS,
  echo,
  HOSTLESS_COMMANDS,
  permissionProbes,
  serverRelease,
  sharedGroupProbes,
  UNPROBED_COMMANDS,
} from './dialects/ejabberd/probes.ts';
export { describeSharedGroup, listSharedGroups } from './dialects/ejabberd/shared-group-commands.ts';
export type { Run } from './dialects/run-command.ts';
export * from './errors/index.ts';
export { problemOf, problemSchema } from './events/problem-details.ts';
export { type IdempotencyKey, KEY_FORM, KEY_FORM_PROBLEM, keyId } from './idempotency/key.ts';
export { heldIn, isAtWork, type State } from './idempotency/record.ts';
export { catalogue } from './methods/catalogue.ts';
export type { Method, MethodName } from './methods/define-method.ts';
export { getPresence } from './methods/get-presence.ts';
export { getResources } from './methods/get-resources.ts';
export { getRoster } from './methods/get-roster.ts';
export { getRosterWithPresence } from './methods/get-roster-with-presence.ts';
export { linkContacts } from './methods/link-contacts.ts';
export { sendStanza } from './methods/send-stanza.ts';
export { unlinkContacts } from './methods/unlink-contacts.ts';
export { membersOf, parseInput } from './methods/validation.ts';
export { logLine } from './observability/call-log.ts';
export { metricDirective } from './observability/metrics.ts';
export { createHandler, type LambdaHandler } from './runtime/create-handler.ts';
export { type CommandOptions, runCommands } from './runtime/run-commands.ts';
export { Deadline, unlessEnded } from './shared/deadline.ts';
export { edits } from './shared/edits.ts';
export { hostAndPort } from './shared/host-and-port.ts';
export { isObject } from './shared/is-object.ts';
export { type Jid, preparedDomainOf } from './xmpp/jid.ts';
