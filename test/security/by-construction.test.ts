import { catalogue } from 'rostbeef-layer';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ForbiddenServerError } from '../../functions/layer/errors/index.ts';
import { defineMethod, type MethodContext } from '../../functions/layer/methods/define-method.ts';

const description = {
  name: 'get_resources' as const,
  summary: '',
  description: '',
  writes: false,
  idempotent: true,
  input: () => z.strictObject({}),
  result: () => z.strictObject({}),
  example: { input: {}, result: {} },
};

describe('a method', () => {
  it('does not compile without the step that names its JIDs', () => {
    // @ts-expect-error: `names` is required
    expect(() => defineMethod({ ...description, run: async () => ({}) })).not.toThrow();
  });

  it('does not run before its JIDs are logged and authorized', async () => {
    const order: string[] = [];
    const jid = { local: 'a', domain: 'b', resource: '' };
    const method = defineMethod({
      ...description,
      names: () => {
        order.push('name');
        return { jids: { jid } };
      },
      run: async () => {
        order.push('run');
        return {};
      },
    });
    const context = {
      audit: () => void order.push('log'),
      demand: () => {
        order.push('authorize');
        throw new ForbiddenServerError();
      },
    } as Partial<MethodContext> as MethodContext;
    await expect(method.call({}, context)).rejects.toBeInstanceOf(ForbiddenServerError);
    expect(order).toEqual(['name', 'log', 'authorize']);
  });

  it.each(catalogue.map((method) => [method.name, method] as const))(
    '%s names JIDs in its example',
    async (_, method) => {
      const named: string[] = [];
      const stop = new ForbiddenServerError();
      const call = method.call(method.example.input, {
        audit: (jids) => void named.push(...Object.keys(jids)),
        demand: () => {
          throw stop;
        },
      } as Partial<MethodContext> as MethodContext);
      await expect(call).rejects.toBe(stop);
      expect(named.length).toBeGreaterThan(0);
    },
  );
});
