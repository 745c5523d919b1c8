import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  ConnectionLostError,
  catalogue,
  errorCatalogue,
  ItemNotFoundError,
  problemOf,
  ServiceUnavailableError,
} from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { errorExample } from '../infra/error-examples.ts';
import { statusesOf } from '../infra/error-schemas.ts';
import { GATEWAY_ERRORS } from '../infra/gateway-errors.ts';
import { generatedFiles } from '../infra/generate.ts';
import { codedErrors, errorsOf } from '../infra/method-errors.ts';
import { openApi } from '../infra/openapi.ts';

interface Content {
  readonly 'application/problem+json'?: {
    readonly schema: object;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}
interface Response {
  readonly content?: Content;
}

/** The names of the errors that a response may hold. */
const namesIn = (content: Content | undefined): readonly string[] =>
  Object.keys(content?.['application/problem+json']?.examples ?? {});

const document = JSON.parse(JSON.stringify(openApi()));
const operations = catalogue.map((method) => ({ method, operation: document.paths[`/${method.name}`].post }));

const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema({ $id: 'document', ...document });

/** Whether a value satisfies a schema of the document; what is wrong if not. */
function problems(schema: object, value: unknown): unknown {
  ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')), value);
  return ajv.errors ?? [];
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has one POST for each method of the catalogue, and nothing else', () => {
    expect(Object.keys(document.paths)).toEqual(catalogue.map(({ name }) => `/${name}`));
    for (const { method, operation } of operations) {
      expect(operation).toMatchObject({
        operationId: method.name,
        summary: method.summary,
        description: method.description,
      });
      expect(Object.keys(document.paths[`/${method.name}`])).toEqual(['post']);
    }
  });

  it.each(operations)('gives examples of $method.name that satisfy its schemas', ({ operation }) => {
    const media = [operation.requestBody, operation.responses[200]].map(({ content }) => content['application/json']);
    for (const { schema, example } of media) {
      expect(example).toBeTypeOf('object');
      expect(problems(schema, example)).toEqual([]);
    }
  });

  it.each(operations)('refuses for $method.name what the method would refuse', ({ method, operation }) => {
    const { schema } = operation.requestBody.content['application/json'];
    for (const input of [{}, { ...Object(method.example.input), misspelt: 'x' }, [method.example.input], 'text']) {
      expect(problems(schema, input)).not.toEqual([]);
    }
  });

  it('has the header Idempotency-Key for methods that are not safe to repeat', () => {
    for (const { method, operation } of operations) {
      const names = (operation.parameters ?? []).map(({ name }: { name: string }) => name);
      expect(names).toEqual(method.name === 'send_stanza' ? ['Idempotency-Key'] : []);
    }
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(0);
    for (const path of new Set(references)) expect(document).toHaveProperty(path.split('/'));
  });

  it('describes every property of every schema', () => {
    const undescribed: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        if (path.endsWith('/properties') && !('description' in inner)) undescribed.push(`${path}/${key}`);
        visit(inner, `${path}/${key}`);
      }
    };
    visit(document.components.schemas, '');
    expect(undescribed).toEqual([]);
  });

  it('lists the errors of a method under their statuses, and no others', () => {
    for (const { method, operation } of operations) {
      const listed = Object.entries<Response>(operation.responses).flatMap(([status, { content }]) =>
        status === 'default' || status === '200' ? [] : namesIn(content).map((name) => [name, Number(status)] as const),
      );
      const wanted = [
        ...errorsOf(method).flatMap((kind) => statusesOf(kind).map((status) => [kind.name, status] as const)),
        ...GATEWAY_ERRORS.map(({ name, status }) => [name, status] as const),
      ];
      expect(listed.sort()).toEqual(wanted.sort());
    }
  });

  it('has every error that HTTP can meet, those of a code of XEP-0086 as the default response', () => {
    const unusual = namesIn(document.components.responses.Unusual.content);
    const usual = catalogue.flatMap((method) => errorsOf(method).map(({ name }) => name));
    const met = errorCatalogue()
      .filter(({ status }) => status !== undefined)
      .map(({ name }) => name);
    expect([...new Set([...usual, ...unusual])].sort()).toEqual([...met].sort());
  });

  it.each(operations)('gives examples of the errors of $method.name that satisfy their schemas', ({ operation }) => {
    const contents: Content[] = Object.values<Response>(operation.responses).flatMap(({ content }) => content ?? []);
    const problemsOf = contents.flatMap((content) => content['application/problem+json'] ?? []);
    expect(problemsOf.length).toBeGreaterThan(5);
    for (const { schema, examples } of problemsOf) {
      for (const { value } of Object.values(examples)) expect(problems(schema, value)).toEqual([]);
    }
  });

  it('tells one problem from another by status and name', () => {
    const { schema, examples } = document.paths['/get_roster'].post.responses[404].content['application/problem+json'];
    const problem = examples.ItemNotFoundError.value;
    expect(problems(schema, problem)).toEqual([]);
    expect(problems(schema, { ...problem, status: 400 })).not.toEqual([]);
    expect(problems(schema, { ...problem, name: 'ConflictError' })).not.toEqual([]);
    expect(problems(schema, { ...problem, retryable: true })).not.toEqual([]);
  });

  it('has an example of each error that reads as the functions write it', () => {
    const kinds = [ItemNotFoundError, ConnectionLostError, ServiceUnavailableError];
    const details = { ItemNotFoundError: { detail: 'ghost@example.com' } };
    for (const Kind of kinds) {
      const example = errorExample(Kind.kind.name);
      const error = new Kind({ ...Object(details)[Kind.kind.name] });
      expect(problemOf(error, String(example['requestId']))).toEqual(example);
    }
  });
});

/** The matrix of faults is held to what the bundled functions answer when something breaks. */
it('every error that a fault leads to is among those of its method', async () => {
  const rows = (await readFile('test/faults/matrix.md', 'utf8')).split('\n').filter((line) => line.startsWith('| '));
  const [head = [], ...cells] = rows.map((row) => row.split('|').map((cell) => cell.trim()));
  const seen = new Set(
    cells.flatMap((row) =>
      row.flatMap((cell, column) => {
        const [, method = ''] = /^`(\w+)`/.exec(head[column] ?? '') ?? [];
        const [, error = ''] = /^`(\w+Error)`/.exec(cell) ?? [];
        return method && error ? [`${method} ${error}`] : [];
      }),
    ),
  );
  const listed = catalogue.flatMap((method) =>
    [...errorsOf(method), ...codedErrors()].map((error) => `${method.name} ${error.name}`),
  );
  expect(seen.size).toBeGreaterThan(20);
  expect([...seen].filter((pair) => !listed.includes(pair))).toEqual([]);
});

it.each(Object.entries(generatedFiles()))('%s is as `npm run generate` writes it', async (path, content) => {
  expect(await readFile(path, 'utf8')).toBe(content);
});
