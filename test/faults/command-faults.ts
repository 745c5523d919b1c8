/** Faults that ejabberd itself reports, with their codes, and results other than 0. */
import { okResponse } from '../support/http-message.ts';
import { CANARIES } from './canaries.ts';
import { except, type Fault, refusal } from './fault.ts';

const COMMANDS_ARGUMENTS = `with arguments\n[{nick,<<"${CANARIES.nick}">>},{stanza,<<"${CANARIES.stanza}">>}]`;

function faultResponse(code: number, text: string): Buffer {
  return okResponse(
    '<?xml version="1.0"?><methodResponse><fault><value><struct>' +
      `<member><name>faultCode</name><value><int>${code}</int></value></member>` +
      `<member><name>faultString</name><value><string>${text.replaceAll('<', '&lt;')}</string></value></member>` +
      '</struct></value></fault></methodResponse>',
  );
}

function fault(name: string, code: number, text: string, error: string): Fault {
  return {
    name: `fault ${code}${name}`,
    play: ({ socket }) => void socket.write(faultResponse(code, `Error ${code}\n${text}`)),
    expected: refusal(error),
    isSound: true,
  };
}

/** By XEP-0086. */
const ERROR_OF_CODE: Readonly<Record<number, string>> = {
  302: 'RedirectError',
  400: 'BadRequestError',
  401: 'NotAuthorizedError',
  402: 'PaymentRequiredError',
  403: 'ForbiddenError',
  404: 'ItemNotFoundError',
  405: 'NotAllowedError',
  406: 'NotAcceptableError',
  407: 'RegistrationRequiredError',
  408: 'RemoteServerTimeoutError',
  409: 'ConflictError',
  500: 'InternalServerError',
  501: 'FeatureNotImplementedError',
  502: 'ServiceUnavailableError',
  503: 'ServiceUnavailableError',
  504: 'RemoteServerTimeoutError',
  510: 'ServiceUnavailableError',
};

const CODES_OF_EJABBERD = [-112, -114, -116, -120, -122, -100, -1, 0, 1, 999];

const problem = (reason: string) =>
  `A problem '{error,${reason}' occurred executing the command x ${COMMANDS_ARGUMENTS}`;

function result(code: number, expected: Fault['expected']): Fault {
  const body = `<methodResponse><params><param><value><struct><member><name>res</name><value><int>${code}</int></value></member></struct></value></param></params></methodResponse>`;
  return { name: `result ${code}`, play: ({ socket }) => void socket.write(okResponse(body)), expected, isSound: true };
}

/** A list is expected in its place, of a roster or of sessions, before anything is written. */
const noResult = () => 'MalformedResponseError';

const PARTIAL = 'PartialLinkError: jid1 not, jid2 written';
const phases = {
  'link_contacts, one side': PARTIAL,
  'link_contacts, read back': 'PartialLinkError: jid1 unknown, jid2 unknown',
  'unlink_contacts, one side': PARTIAL,
} as const;

export const commandFaults: readonly Fault[] = [
  ...CODES_OF_EJABBERD.map((code) =>
    fault('', code, `${CANARIES.fault} ${COMMANDS_ARGUMENTS}`, 'UndefinedConditionError'),
  ),
  fault(', unexplained', -118, `${CANARIES.fault} ${COMMANDS_ARGUMENTS}`, 'UndefinedConditionError'),
  fault(', credentials refused', -118, 'Invalid authentication data', 'CredentialsRejectedError'),
  fault(', command refused', -118, problem("access_rules_unauthorized}'"), 'PermissionDeniedError'),
  fault(', account refused', -118, problem("account_unprivileged}'"), 'PermissionDeniedError'),
  fault(', JID refused', -118, problem('"JID malformed"}'), 'JidMalformedError'),
  ...Object.entries(ERROR_OF_CODE).map(([code, name]) => fault('', Number(code), CANARIES.fault, name)),
  result(1, except(noResult, { ...phases, send_stanza: 'BadRequestError' })),
  result(404, except(noResult, { ...phases, send_stanza: 'ItemNotFoundError' })),
  result(-1, except(noResult, { ...phases, send_stanza: 'UndefinedConditionError' })),
];
