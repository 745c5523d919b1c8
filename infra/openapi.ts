import { STATUS_CODES } from 'node:http';
import { catalogue, type Method } from 'rostbeef-layer';
import project from '../package.json' with { type: 'json' };
import { errorExample } from './error-examples.ts';
import { errorSchemas, sharedErrorSchemas, statusesOf } from './error-schemas.ts';
import { GATEWAY_ERRORS } from './gateway-errors.ts';
import { codedErrors, errorsOf } from './method-errors.ts';
import { inputName, resultName, schemas } from './schemas.ts';

type JsonObject = Record<string, unknown>;

/** Builds the OpenAPI 3.1 document of the API from the catalogues of methods and errors. */
export function openApi(): JsonObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'rostbeef functions',
      version: project.version,
      description: `${project.description}. Each method takes one JSON object and answers one. docs/errors.md has a section for each error, found by the problem’s \`type\`.`,
      license: { name: project.license, identifier: project.license },
    },
    servers: [DEPLOYED, LOCAL],
    security: [{ sigv4: [] }],
    tags: [{ name: tag, description: 'The methods of ejabberd’s mod_rostbeef.' }],
    paths: Object.fromEntries(catalogue.map((method) => [`/${method.name}`, { post: operation(method) }])),
    components: { schemas: components(), responses: { Unusual: unusualResponse() }, securitySchemes: { sigv4: SIGV4 } },
  };
}

const tag = 'rostbeef';

const DEPLOYED: JsonObject = {
  url: 'https://{api}.execute-api.{region}.amazonaws.com/{stage}',
  description: 'A deployed API, by the URL that the stack prints. Requests are signed.',
  variables: {
    api: { default: 'abcdef1234', description: 'The id of the REST API.' },
    region: { default: 'eu-west-1', description: 'The AWS Region.' },
    stage: { default: 'live', description: 'The stage of the API.' },
  },
};

const LOCAL: JsonObject = {
  url: 'http://127.0.0.1:3000',
  description: 'The gateway of `npm start` on this machine. It checks no signature.',
};

/** The form in which API Gateway itself exports IAM authorization. */
const SIGV4: JsonObject = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description: 'AWS Signature Version 4 for the service `execute-api`.',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

function operation(method: Method): JsonObject {
  const { name, summary, description, idempotent, example } = method;
  const body = (schema: string, value: unknown): JsonObject => ({
    'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example: value },
  });
  return {
    operationId: name,
    tags: [tag],
    summary,
    description,
    ...(!idempotent && { parameters: [keyParameter] }),
    requestBody: { required: true, content: body(inputName(method), example.input) },
    responses: {
      200: { description: 'Done.', content: body(resultName(method), example.result) },
      ...errorResponses(method),
      default: { $ref: '#/components/responses/Unusual' },
    },
  };
}

/** See draft-ietf-httpapi-idempotency-key-header. */
const keyParameter: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The member `idempotencyKey` as a header. If both are given, they must be equal.',
  schema: { type: 'string' },
};

/** One kind of error as a response lists it. */
interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly retryable: boolean;
}

/** The error responses of a method by status: its own errors, and those of the gateway. */
function errorResponses(method: Method): Readonly<Record<string, JsonObject>> {
  const groups = new Map<number, Listed[]>();
  const add = (status: number, listed: Listed) => groups.set(status, [...(groups.get(status) ?? []), listed]);
  for (const kind of errorsOf(method)) for (const status of statusesOf(kind)) add(status, kind);
  for (const error of GATEWAY_ERRORS) add(error.status, error);
  return Object.fromEntries([...groups].map(([status, kinds]) => [status, errorResponse(status, kinds)]));
}

/** The errors for codes of XEP-0086 that no known server answers. */
function unusualResponse(): JsonObject {
  return {
    ...problemContent(codedErrors()),
    description: 'Another code of XEP-0086. No server is known to answer one.',
  };
}

function errorResponse(status: number, kinds: readonly Listed[]): JsonObject {
  const list = kinds.map(
    ({ name, summary, retryable }) => `- \`${name}\`${retryable ? ' (retryable)' : ''}: ${summary}.`,
  );
  return { description: `${STATUS_CODES[status]}:\n\n${list.join('\n')}`, ...problemContent(kinds, status) };
}

/** A body that is one of these errors. `name` distinguishes them. */
function problemContent(kinds: readonly Listed[], status?: number): JsonObject {
  const reference = (name: string) => `#/components/schemas/${name}`;
  const names = kinds.map(({ name }) => name);
  const schema = {
    oneOf: names.map((name) => ({ $ref: reference(name) })),
    discriminator: {
      propertyName: 'name',
      mapping: Object.fromEntries(names.map((name) => [name, reference(name)])),
    },
  };
  const examples = Object.fromEntries(
    names.map((name) => [name, { value: { ...errorExample(name), ...(status !== undefined && { status }) } }]),
  );
  return { content: { 'application/problem+json': { schema, examples } } };
}

/** The schemas of inputs, results and errors. A part with a name of its own is a component of its own. */
function components(): JsonObject {
  const { Problem, ...methods } = JSON.parse(JSON.stringify(schemas('draft-2020-12')));
  const all: Record<string, JsonObject> = {};
  for (const [name, { $schema, ...schema }] of Object.entries<JsonObject>(methods)) all[name] = schema;
  for (const [holder, part, description] of NAMED_PARTS) {
    const contacts = Object(all[holder]?.['properties']).contacts;
    all[part] = { description, ...contacts.items };
    contacts.items = { $ref: `#/components/schemas/${part}` };
  }
  return { ...all, ...sharedErrorSchemas(), ...errorSchemas() };
}

/** The result that holds a part in its list `contacts`, and the part's own name. */
const NAMED_PARTS: readonly (readonly [holder: string, part: string, description: string])[] = [
  ['GetRosterResult', 'Contact', 'One contact of a roster.'],
  ['GetRosterWithPresenceResult', 'ContactWithPresence', 'One contact of a roster, with its presence.'],
];
