/** The JSON Schemas of the methods, by their names in the OpenAPI document and in API Gateway’s models. */
import { catalogue, type Method, problemSchema } from 'rostbeef-layer';
import { type $ZodType, toJSONSchema } from 'zod/v4/core';

type JsonObject = Record<string, unknown>;

/** The parts of a JSON Schema that the methods use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

/** OpenAPI 3.1 takes the newer version, and API Gateway’s models take the older. */
export type SchemaVersion = 'draft-2020-12' | 'draft-4';

/** The name of a method's input schema, such as `GetRosterInput`. */
export const inputName = ({ name }: Method): string => `${pascalCase(name)}Input`;

/** The name of a method's result schema, such as `GetRosterResult`. */
export const resultName = ({ name }: Method): string => `${pascalCase(name)}Result`;

/** The `detail-type` of the event that invokes a method, such as `LinkContacts`. */
export const detailType = ({ name }: Pick<Method, 'name'>): string => pascalCase(name);

/**
 * Returns all schemas by their names. A shared schema is in `$defs` of each schema that uses it, or in `definitions` in draft 4.
 *
 * @param version the version of JSON Schema
 */
export function schemas(version: SchemaVersion): Readonly<Record<string, JsonObject>> {
  const named: readonly (readonly [string, $ZodType])[] = [
    ...catalogue.map((method) => [inputName(method), method.input()] as const),
    ...catalogue.map((method) => [resultName(method), method.result()] as const),
    ['Problem', problemSchema()],
  ];
  return Object.fromEntries(
    named.map(([name, schema]) => [
      name,
      { ...toJSONSchema(schema, { target: version, io: 'input', override: dropSafeRange }) },
    ]),
  );
}

/** Drops JavaScript’s own limits of an integer, because the method sets none. */
function dropSafeRange({ jsonSchema }: { jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns the schema of the event that invokes a method. `detail` is the method’s input. */
export function eventSchema(method: Method): JsonObject {
  const { $schema, ...detail } = { ...schemas('draft-4')[inputName(method)] };
  return {
    $schema,
    title: detailType(method),
    description: method.summary,
    type: 'object',
    required: ['source', 'detail-type', 'detail'],
    properties: {
      source: { type: 'string', description: 'The name of your application, such as `com.example.crm`.' },
      'detail-type': { enum: [detailType(method)] },
      detail,
    },
  };
}
