import { STATUS_CODES } from 'node:http';
import { catalogue, errorCatalogue, type Method } from 'rostbeef-layer';
import project from '../package.json' with { type: 'json' };
import { inputName, resultName, schemas } from './schemas.ts';

type JsonObject = Record<string, unknown>;

/** Builds the OpenAPI 3.1 document of the API from the catalogues of methods and errors. */
export function openApi(): JsonObject {
  const errors = errorsByStatus();
  const responses = Object.fromEntries(
    errors.map(([status, kinds]) => [responseName(status), errorResponse(status, kinds)]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'rostbeef functions',
      version: project.version,
      description: `${project.description}. Each method takes one JSON object and answers one.`,
      license: { name: project.license, identifier: project.license },
    },
    servers: [{ url: '/' }],
    tags: [{ name: tag, description: 'The methods of ejabberd’s mod_rostbeef.' }],
    paths: Object.fromEntries(
      catalogue.map((method) => [
        `/${method.name}`,
        {
          post: operation(
            method,
            errors.map(([status]) => status),
          ),
        },
      ]),
    ),
    components: { schemas: components(), responses },
  };
}

const tag = 'rostbeef';

function operation(method: Method, errorStatuses: readonly number[]): JsonObject {
  const body = (name: string, example: unknown): JsonObject => ({
    'application/json': { schema: { $ref: `#/components/schemas/${name}` }, example },
  });
  return {
    operationId: method.name,
    tags: [tag],
    summary: method.summary,
    description: method.description,
    ...(!method.idempotent && { parameters: [keyParameter] }),
    requestBody: { required: true, content: body(inputName(method), method.example.input) },
    responses: {
      200: { description: 'Done.', content: body(resultName(method), method.example.result) },
      ...Object.fromEntries(
        errorStatuses.map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }]),
      ),
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

/** Shared schemas become components of their own. */
function components(): JsonObject {
  const parts = Object.entries(schemas('draft-2020-12')).map(([name, source]) => {
    const { $schema, $defs, ...own } = JSON.parse(
      JSON.stringify(source).replaceAll('"#/$defs/', '"#/components/schemas/'),
    );
    return { ...$defs, [name]: own };
  });
  return Object.assign({}, ...parts);
}

type ErrorKind = (typeof errorCatalogue)[number];

/** In addition to its status 400, `InvalidInputError` reports a body that is too large, and a content type other than JSON. */
const furtherStatuses: Readonly<Record<string, readonly number[]>> = { InvalidInputError: [413, 415] };

function errorsByStatus(): [number, ErrorKind[]][] {
  const groups = new Map<number, ErrorKind[]>();
  for (const kind of errorCatalogue) {
    // An error without a status can’t occur over HTTP.
    const own = kind.status === undefined ? [] : [kind.status];
    for (const status of [...own, ...(furtherStatuses[kind.name] ?? [])]) {
      groups.set(status, [...(groups.get(status) ?? []), kind]);
    }
  }
  return [...groups].sort(([a], [b]) => a - b);
}

function errorResponse(status: number, kinds: readonly ErrorKind[]): JsonObject {
  const list = kinds.map(
    ({ name, summary, retryable }) => `- \`${name}\`${retryable ? ' (retryable)' : ''}: ${summary}.`,
  );
  return {
    description: list.join('\n'),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            { properties: { status: { const: status }, name: { enum: kinds.map(({ name }) => name) } } },
          ],
        },
      },
    },
  };
}

const responseName = (status: number): string => (STATUS_CODES[status] ?? `Status${status}`).replaceAll(/\W/g, '');
