/** Examples of the bodies of errors, for the OpenAPI document. */
import { STATUS_CODES } from 'node:http';
import { errorCatalogue } from 'rostbeef-layer';
import { GATEWAY_ERRORS } from './gateway-errors.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** An example of an error's body. */
export function errorExample(name: string): JsonObject {
  const kind = errorCatalogue().find((one) => one.name === name);
  const requestId = '9f0c1f0e-6a2b-4c53-9d5e-1f3f3d3c8a11';
  if (kind === undefined) {
    const error = GATEWAY_ERRORS.find((one) => one.name === name);
    const status = error?.status ?? 500;
    const title = STATUS_CODES[status];
    return {
      type: 'about:blank',
      title,
      status,
      detail: `${error?.summary}.`,
      name,
      requestId,
      retryable: error?.retryable,
    };
  }
  const { summary, status, retryable, condition } = kind;
  const code = kind.code ?? (name === 'UndefinedConditionError' ? -118 : undefined);
  const { detail, ...structure } = EXAMPLE_DETAILS[name] ?? {};
  const codes = [code, condition].filter((part) => part !== undefined).join(' ');
  return {
    type: `urn:rostbeef:error:${name}`,
    title: summary,
    status,
    detail: `${summary}${detail ? `: ${detail}` : ''}${codes && ` (${codes})`}`,
    name,
    requestId,
    retryable,
    ...(code !== undefined && { code }),
    ...(condition !== undefined && { condition }),
    ...structure,
  };
}

/** Examples of what errors say of one call. Every other error is shown with its summary. */
const EXAMPLE_DETAILS: Readonly<Record<string, JsonObject>> = {
  ConfigurationError: {
    detail: 'EJABBERD_URL is required',
    issues: [{ path: 'EJABBERD_URL', message: 'is required' }],
  },
  InvalidInputError: {
    detail: 'server is required',
    issues: [{ path: 'server', message: 'is required' }],
  },
  JidMalformedError: {
    detail: 'server must have a domain',
    issues: [{ path: 'server', message: 'must have a domain' }],
  },
  ItemNotFoundError: { detail: 'ghost@example.com' },
  ForbiddenServerError: {
    detail: 'server is on a server that is not among EJABBERD_SERVERS',
    issues: [{ path: 'server', message: 'is on a server that is not among EJABBERD_SERVERS' }],
  },
  ForbiddenStanzaError: {
    detail: 'to must be a user, such as alice@example.com',
    issues: [{ path: 'to', message: 'must be a user, such as alice@example.com' }],
  },
  PartialLinkError: {
    detail: 'jid1 written, jid2 not; repeat the call to complete it',
    sides: { jid1: 'written', jid2: 'not' },
  },
};
