import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { catalogue, errorCatalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import { openApi } from '../infra/openapi.ts';

const document = JSON.parse(JSON.stringify(openApi()));
const operations = catalogue.map((method) => ({ method, operation: document.paths[`/${method.name}`].post }));

/** Whether a value satisfies a schema of the document; what is wrong if not. */
function problems(schema: object, value: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.validate({ ...schema, components: document.components }, value);
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

  it('knows the header Idempotency-Key where a repeat would do harm', () => {
    for (const { method, operation } of operations) {
      const names = (operation.parameters ?? []).map(({ name }: { name: string }) => name);
      expect(names).toEqual(method.name === 'send_stanza' ? ['Idempotency-Key'] : []);
    }
  });

  it('refers to nothing that it does not hold', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(0);
    for (const path of references) expect(document).toHaveProperty(path.split('/'));
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

  it('lists every error that HTTP can meet under its status', () => {
    for (const { operation } of operations) {
      for (const { name, status } of errorCatalogue) {
        if (status === undefined) continue;
        const { $ref } = operation.responses[status];
        const { content } = document.components.responses[$ref.split('/').at(-1)];
        expect(JSON.stringify(content['application/problem+json'].schema)).toContain(`"${name}"`);
      }
    }
  });

  it('tells a problem from another by status and name', () => {
    const { schema } = document.components.responses.NotFound.content['application/problem+json'];
    const problem = {
      type: 'urn:rostbeef:error:ItemNotFoundError',
      title: 'No such user',
      status: 404,
      detail: 'No such user: carol@example.com (404 item-not-found)',
      name: 'ItemNotFoundError',
      requestId: 'r-1',
      retryable: false,
      code: 404,
      condition: 'item-not-found',
    };
    expect(problems(schema, problem)).toEqual([]);
    expect(problems(schema, { ...problem, status: 400 })).not.toEqual([]);
    expect(problems(schema, { ...problem, name: 'ConflictError' })).not.toEqual([]);
  });
});
