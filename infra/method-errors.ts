/** Which errors each method can give, for the OpenAPI document and the typed client. */
import { errorCatalogue, type Method } from 'rostbeef-layer';

/** One error of the functions. */
export type ErrorKind = ReturnType<typeof errorCatalogue>[number];

/** Errors of the input, the settings, the credentials and the connection. */
const OF_EVERY_METHOD = [
  'ConfigurationError',
  'ConnectionLostError',
  'CredentialsRejectedError',
  'CredentialsUnavailableError',
  'EjabberdTimeoutError',
  'EjabberdUnreachableError',
  'ForbiddenServerError',
  'InvalidInputError',
  'ItemNotFoundError',
  'JidMalformedError',
  'MalformedResponseError',
  'PermissionDeniedError',
  'UndefinedConditionError',
  'UnexpectedError',
];

const OF_LINKS = ['FeatureNotImplementedError', 'NotAllowedError', 'PartialLinkError'];
const OF_LISTS = ['ResultTooLargeError'];
const OF_STANZAS = [
  'BadRequestError',
  'ForbiddenStanzaError',
  'IdempotencyInProgressError',
  'IdempotencyStoreUnavailableError',
  'OutcomeUnknownError',
];

const FURTHER: Readonly<Record<Method['name'], readonly string[]>> = {
  link_contacts: OF_LINKS,
  unlink_contacts: OF_LINKS,
  get_roster: OF_LISTS,
  get_roster_with_presence: OF_LISTS,
  get_presence: [],
  get_resources: OF_LISTS,
  send_stanza: OF_STANZAS,
};

/**
 * The errors that a method can give by HTTP, in the order of their names.
 *
 * @example
 * errorsOf(sendStanza).map(({ name }) => name).includes('OutcomeUnknownError') // true
 */
export function errorsOf({ name }: Pick<Method, 'name'>): readonly ErrorKind[] {
  const names = [...OF_EVERY_METHOD, ...FURTHER[name]];
  return errorCatalogue().filter((kind) => names.includes(kind.name));
}

/** Returns the errors for codes of XEP-0086. No known server answers the codes that a method does not list. */
export function codedErrors(): readonly ErrorKind[] {
  return errorCatalogue().filter(({ status, condition }) => status !== undefined && condition !== undefined);
}
