/** Says of each error when it is thrown and what to do. The documentation and the OpenAPI document show it. */

/** The text about an error that its class does not have. Each member is one or more whole sentences. */
export interface Guide {
  readonly when: string;
  readonly action: string;
}

const REPEAT = 'Repeat the call.';
const REPEAT_AND_EXAMINE = `${REPEAT} If the error stays, run the [doctor](ejabberd.md#doctor).`;

/** An error that only a code of XEP-0086 leads to. */
function coded(code: string, more = 'No server is known to do so.'): string {
  return `The server answers with code ${code} of XEP-0086. ${more}`;
}

/** The guide of every error, by its name. */
export const ERROR_GUIDE: Readonly<Record<string, Guide>> = {
  BadRequestError: {
    when:
      'ejabberd can’t read the stanza, although it is well-formed. Also: a server answers with code 400 of XEP-0086. ' +
      'Nothing was sent.',
    action: 'Correct the stanza: an `iq` has exactly one child element, and each child has a value of the right form.',
  },
  ConfigurationError: {
    when: 'A setting is missing, wrong or unknown. Every call of the function ends in this error. Nothing was sent.',
    action: 'Correct each setting that `issues` lists: see [Settings](settings.md).',
  },
  ConflictError: {
    when: coded('409', 'ProcessOne’s mod_xmlrpc does so for an item that exists already.'),
    action: 'Read the roster, and correct the call.',
  },
  ConnectionLostError: {
    when:
      'The connection to ejabberd broke after the request was sent, and before the response was complete. The call is ' +
      'idempotent, or nothing was sent. ejabberd also closes the connection if it does not know a command.',
    action:
      `${REPEAT} If the error stays, load \`mod_admin_extra\`, and look into ejabberd’s \`error.log\`. ` +
      'The [doctor](ejabberd.md#doctor) tells which command it is.',
  },
  CredentialsRejectedError: {
    when:
      'ejabberd refuses the user or the password of the secret. The functions read the secret a second time before they ' +
      'throw this error. Nothing was written.',
    action:
      'Make the secret and the account agree: see [CredentialFailures](runbook.md#credentialfailures). A repeat does not help.',
  },
  CredentialsUnavailableError: {
    when: 'The secret can’t be read, or is not `{"user", "server", "password"}`. Nothing was sent.',
    action:
      'Correct what the message names: the endpoint for Secrets Manager, the permission, or the secret. Then repeat.',
  },
  EjabberdTimeoutError: {
    when:
      'The deadline of the call passed. Either nothing was sent, or the method is idempotent. A stanza that was sent ends ' +
      'in an `OutcomeUnknownError`.',
    action: `${REPEAT} If the error stays, look at ejabberd’s load, or raise \`EJABBERD_TIMEOUT_MS\`.`,
  },
  EjabberdUnreachableError: {
    when: 'No connection to ejabberd was made within 4 seconds: name resolution, TCP or TLS failed. Nothing was sent.',
    action: REPEAT_AND_EXAMINE,
  },
  FeatureNotImplementedError: {
    when: 'The server lacks what the call needs, such as `mod_roster` on a vhost of the input. Nothing was written.',
    action: 'Enable on ejabberd what the message names.',
  },
  ForbiddenError: {
    when: coded('403'),
    action: 'Correct the call, or the rights of its sender on the server.',
  },
  ForbiddenServerError: {
    when:
      'A JID of the input is not on a vhost of `EJABBERD_SERVERS`, or the sender of a stanza is not in `EJABBERD_SENDERS`. ' +
      'Nothing was sent.',
    action: 'Name another user, or add the vhost or sender to the [settings](settings.md).',
  },
  ForbiddenStanzaError: {
    when:
      '`EJABBERD_STANZAS` is `users`, and the stanza would make a server or a service act in the sender’s name, or change ' +
      'only one of two rosters. Nothing was sent.',
    action: 'Change the stanza as `issues` says. [Stanzas](stanzas.md) has the table of what is allowed.',
  },
  IdempotencyInProgressError: {
    when: 'Another call with the same idempotency key is running, or was killed and its lease is not over. This call sent nothing.',
    action: 'Repeat the call with the same key after a few seconds.',
  },
  IdempotencyStoreUnavailableError: {
    when: 'The table of idempotency keys is missing, denied or unreachable. Nothing was sent.',
    action: 'Repeat the call. If the error stays, see [FunctionFailures](runbook.md#functionfailures).',
  },
  InternalServerError: { when: coded('500'), action: REPEAT_AND_EXAMINE },
  InvalidInputError: {
    when:
      'The input lacks a member, has an unknown one, or a value of the wrong form; or the body is not JSON. By HTTP also: ' +
      'a wrong HTTP method (405), a body or stanza that is too large (413), a wrong content type (415). Nothing was sent.',
    action: 'Correct each member that `issues` lists.',
  },
  ItemNotFoundError: {
    when: 'A user or vhost of the input does not exist. For `unlink_contacts`, neither of the two users exists. Nothing was written.',
    action: 'Check the spelling of the JID, and that the user is registered.',
  },
  JidMalformedError: {
    when:
      'A member of the input is not a JID, has a resource or no local part although a bare JID is required, or is refused by ' +
      'ejabberd. Nothing was written or sent.',
    action: 'Correct each JID that `issues` lists. [Limits](limits.md#jids) has the rules.',
  },
  MalformedResponseError: {
    when:
      'The response is not HTTP, not XML-RPC, not of the form of the command, or larger than `EJABBERD_MAX_RESPONSE_BYTES`. ' +
      'The method is idempotent.',
    action:
      'Check that `EJABBERD_URL` leads to `ejabberd_xmlrpc`, and that no proxy changes responses. A repeat does not help.',
  },
  NotAcceptableError: { when: coded('406'), action: 'Correct the value that the server does not accept.' },
  NotAllowedError: {
    when:
      'A shared roster group makes the two users contacts. They can’t be unlinked, or can’t be linked on both sides. Nothing ' +
      'was written. Also: a server answers with code 405 of XEP-0086.',
    action: 'Change the group that the message names: see [shared roster groups](reliability.md#shared-roster-groups).',
  },
  NotAuthorizedError: { when: coded('401'), action: 'Run the [doctor](ejabberd.md#doctor), and check the account.' },
  OutcomeUnknownError: {
    when:
      'A stanza was sent to ejabberd, and no valid response came. Only `send_stanza` ends in this error. With an ' +
      'idempotency key, each later call with the key ends in it too.',
    action:
      'Find out whether the stanza arrived. Then send it again only if it did not, or if a second copy does no harm. ' +
      'A key must be [freed](runbook.md#free-an-idempotency-key) first.',
  },
  PartialLinkError: {
    when:
      'A link or unlink changed a roster, and is not complete in both rosters, or could not be verified. `sides` has the ' +
      'last known state of each.',
    action:
      'Repeat the call: it completes what is missing. If the error stays, see [PartialLinks](runbook.md#partiallinks).',
  },
  PaymentRequiredError: { when: coded('402'), action: 'Ask the operator of the server.' },
  PermissionDeniedError: {
    when: 'The credentials are right, but `api_permissions` does not allow the account a command. Nothing was written.',
    action: 'Allow the command that the message names: see [Prepare ejabberd](ejabberd.md).',
  },
  RedirectError: {
    when: coded('302'),
    action: 'Set `EJABBERD_URL` to the address that answers. The functions follow no redirect.',
  },
  RegistrationRequiredError: { when: coded('407'), action: 'Register the sender on the server.' },
  RemoteServerTimeoutError: { when: coded('408 or 504'), action: REPEAT },
  ResultTooLargeError: {
    when: 'The result is larger than the 6,291,556 bytes of a Lambda response: about 40,000 contacts.',
    action: 'Read the roster in pages, with `maxResults` and `nextToken`.',
  },
  ServiceUnavailableError: { when: coded('502, 503 or 510'), action: REPEAT_AND_EXAMINE },
  UndefinedConditionError: {
    when:
      'The server answers with a failure that it does not explain, or with a code that XEP-0086 does not have. `code` is ' +
      'the server’s. The command failed, but a stanza may have been sent.',
    action: 'Look into ejabberd’s `error.log` at the time of the call. A repeat does not help by itself.',
  },
  UnexpectedError: {
    when: 'The functions have a defect. A stanza may have been sent.',
    action: 'Find the log line of the `requestId`. It has the stack’s frames. Please report it with them.',
  },
  UnsupportedEventError: {
    when:
      'The event is not one that the functions read: an API Gateway request, a batch of SQS, an event of EventBridge, or the ' +
      'input itself. Only direct invocations end in this error.',
    action: 'Send what the message says. [Call the functions](calling.md) has an example of each.',
  },
};

/** The guide of an error. */
export function guideTo(name: string): Guide {
  const guide = ERROR_GUIDE[name];
  if (guide === undefined) throw new Error(`${name} has no entry in ERROR_GUIDE`);
  return guide;
}
