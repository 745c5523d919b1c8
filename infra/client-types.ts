/** The TypeScript types of the client, made of the catalogue's JSON Schemas. */
import { catalogue } from 'rostbeef-layer';
import { openApi } from './openapi.ts';
import { inputName, resultName, type Schema } from './schemas.ts';

/** The source of `client/src/generated/methods.ts`. */
export function clientTypes(): string {
  const { components } = JSON.parse(JSON.stringify(openApi()));
  const all: Readonly<Record<string, Schema>> = components.schemas;
  const ofMethods = catalogue.flatMap((method) => [inputName(method), resultName(method)]);
  const names = ['Contact', 'ContactWithPresence', 'Issue', 'Sides', ...ofMethods];
  return [GENERATED, ...names.map((name) => namedType(name, all[name] ?? {})), methodMap(), methodTable(all), ''].join(
    '\n\n',
  );
}

/** The first line of a generated file. */
export const GENERATED = '// Made by `npm run generate` from the catalogue of methods and errors. Do not edit.';

function namedType(name: string, schema: Schema): string {
  const method = catalogue.find((one) => [inputName(one), resultName(one)].includes(name));
  const kind = method && inputName(method) === name ? 'The input' : 'The result';
  const text = method === undefined ? (schema.description ?? '') : `${kind} of \`${method.name}\`.`;
  return `/** ${text} */\nexport interface ${name} ${objectType(schema, '')}`;
}

function objectType({ properties = {}, required = [] }: Schema, indent: string): string {
  const members = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    const type = typeOf(schema, `${indent}  `);
    const comment = schema.description === undefined ? '' : `${indent}  /** ${schema.description} */\n`;
    return `${comment}${indent}  readonly ${name}${mark}: ${type}${mark && ' | undefined'};`;
  });
  return `{\n${members.join('\n')}\n${indent}}`;
}

/** The type that a schema describes. A schema of a form that the catalogue does not have is an error. */
function typeOf(schema: Schema, indent: string): string {
  const { $ref, type, items } = schema;
  if ($ref !== undefined) return $ref.replace(/^.*\//, '');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  if (type === 'array' && items !== undefined) return `readonly ${typeOf(items, indent)}[]`;
  if (type === 'object') return objectType(schema, indent);
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean') return type;
  throw new Error(`expected a schema of a known form, not ${JSON.stringify(schema)}`);
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

function methodMap(): string {
  const members = catalogue.map(
    (method) =>
      `  readonly ${method.name}: { readonly input: ${inputName(method)}; readonly result: ${resultName(method)} };`,
  );
  return `/** Input and result of every method by its name. */\nexport interface Methods {\n${members.join('\n')}\n}

/** The name of a method. */
export type MethodName = keyof Methods;`;
}

function methodTable(all: Readonly<Record<string, Schema>>): string {
  const members = catalogue.map((method) => {
    const required = all[resultName(method)]?.required ?? [];
    const input = all[inputName(method)] ?? {};
    const list = (names: readonly string[]) => names.map((member) => `'${member}'`).join(', ');
    return `  ${method.name}: {
    idempotent: ${method.idempotent},
    input: [${list(Object.keys(input.properties ?? {}))}],
    required: [${list(input.required ?? [])}],
    result: [${list(required)}],
  },`;
  });
  return `/** The facts about a method that the client needs. */
export interface MethodFacts {
  /** Whether calling it twice does what calling it once does. */
  readonly idempotent: boolean;
  /** The members that an input may have. */
  readonly input: readonly string[];
  /** The members that every input has. */
  readonly required: readonly string[];
  /** The members that every result has. */
  readonly result: readonly string[];
}

/** The facts of every method. */
export const METHODS: Readonly<Record<MethodName, MethodFacts>> = {\n${members.join('\n')}\n};

/** Every name, in the order of the documentation. */
export const METHOD_NAMES: readonly MethodName[] = [
${catalogue.map(({ name }) => `  '${name}',`).join('\n')}
];`;
}
