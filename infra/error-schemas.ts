/** One JSON Schema for each error name, so that a generated client narrows by `name`. */
import { STATUS_CODES } from 'node:http';
import { errorCatalogue, errorOfCode } from 'rostbeef-layer';
import { GATEWAY_ERRORS, type GatewayError } from './gateway-errors.ts';
import type { ErrorKind } from './method-errors.ts';
import { guideTo } from './reference/error-guide.ts';
import { schemas } from './schemas.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** The statuses of `InvalidInputError` for a wrong HTTP method, a large body and a wrong content type, in addition to 400. */
const FURTHER_STATUSES: Readonly<Record<string, readonly number[]>> = { InvalidInputError: [405, 413, 415] };

/** The errors whose `issues` list what is wrong. */
export const ERRORS_WITH_ISSUES: readonly string[] = [
  'ConfigurationError',
  'ForbiddenServerError',
  'ForbiddenStanzaError',
  'InvalidInputError',
  'JidMalformedError',
];

/** The error with the state of both rosters. */
export const ERROR_WITH_SIDES = 'PartialLinkError';

/** Returns the HTTP statuses of an error. It has none if no HTTP request can end in it. */
export function statusesOf({ name, status }: Pick<ErrorKind, 'name' | 'status'>): readonly number[] {
  return status === undefined ? [] : [status, ...(FURTHER_STATUSES[name] ?? [])];
}

/** The schemas of every error by name: those of the functions, and those of the gateway. */
export function errorSchemas(): Readonly<Record<string, JsonObject>> {
  const ofFunctions = errorCatalogue()
    .filter(({ status }) => status !== undefined)
    .map(functionSchema);
  return Object.fromEntries([...ofFunctions, ...GATEWAY_ERRORS.map(gatewaySchema)]);
}

/** The codes of XEP-0086 that an error stands for. */
export function codesOf({ name, code }: Pick<ErrorKind, 'name' | 'code'>): readonly number[] {
  if (code === undefined) return [];
  const ofServer = Array.from({ length: 300 }, (_, index) => 300 + index).filter(
    (candidate) => errorOfCode(candidate).name === name,
  );
  return [...new Set([code, ...ofServer])].sort((a, b) => a - b);
}

/** The members of a problem as the functions' own schema describes them, without those that every error fixes. */
function describedMembers(): Readonly<Record<string, JsonObject>> {
  const { properties } = JSON.parse(JSON.stringify(schemas('draft-2020-12')['Problem']));
  return properties;
}

function functionSchema(kind: ErrorKind): readonly [string, JsonObject] {
  const { name, summary, retryable, condition } = kind;
  const {
    type,
    title,
    status,
    detail,
    name: nameMember,
    requestId,
    retryable: retryableMember,
    ...others
  } = describedMembers();
  const codes = codesOf(kind);
  const properties = {
    type: { ...type, const: `urn:rostbeef:error:${name}` },
    title: { ...title, const: summary },
    status: { ...status, ...oneOf(statusesOf(kind)) },
    detail,
    name: { ...nameMember, const: name },
    requestId,
    retryable: { ...retryableMember, const: retryable },
    ...(codes.length > 0 && { code: { ...others['code'], ...oneOf(codes) } }),
    ...(name === 'UndefinedConditionError' && { code: others['code'] }),
    ...(condition !== undefined && { condition: { ...others['condition'], const: condition } }),
    ...(ERRORS_WITH_ISSUES.includes(name) && {
      issues: { ...others['issues'], items: { $ref: '#/components/schemas/Issue' } },
    }),
    ...(name === ERROR_WITH_SIDES && {
      sides: { $ref: '#/components/schemas/Sides', description: 'The state of each side.' },
    }),
  };
  const optional = ['code', 'issues'];
  const { when, action } = guideTo(name);
  return [name, objectOf(`${summary}. ${withoutLinks(`${when} **What to do:** ${action}`)}`, properties, optional)];
}

function gatewaySchema({ name, summary, status, retryable }: GatewayError): readonly [string, JsonObject] {
  const members = describedMembers();
  const properties = {
    type: { type: 'string', const: 'about:blank', description: 'Always `about:blank`: the gateway answers by itself.' },
    title: { type: 'string', const: STATUS_CODES[status], description: 'The name of the HTTP status.' },
    status: { ...members['status'], const: status },
    detail: members['detail'],
    name: { ...members['name'], const: name },
    requestId: { type: 'string', description: 'The id of the request in the access log of API Gateway.' },
    retryable: { ...members['retryable'], const: retryable },
  };
  return [name, objectOf(`${summary}.`, properties, ['requestId'])];
}

/** Keeps the text of links, because their targets are pages of the documentation. */
function withoutLinks(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

function objectOf(description: string, properties: JsonObject, optional: readonly string[]): JsonObject {
  return {
    description,
    type: 'object',
    properties,
    required: Object.keys(properties).filter((member) => !optional.includes(member)),
    additionalProperties: false,
  };
}

function oneOf(values: readonly number[]): JsonObject {
  return values.length === 1 ? { const: values[0] } : { enum: values };
}

/** The schemas that error schemas share. */
export function sharedErrorSchemas(): Readonly<Record<string, JsonObject>> {
  const { issues, sides } = describedMembers();
  return {
    Issue: { description: 'One thing that is wrong with the input.', ...Object(issues)['items'] },
    Sides: { ...sides, description: 'The state of both rosters after a link or unlink.' },
  };
}
