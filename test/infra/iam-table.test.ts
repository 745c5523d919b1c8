import { expect, it } from 'vitest';
import { permissionTable } from './policies.ts';
import { EVERYTHING, templatesOf } from './synthesize.ts';

it('the documentation says who may do what, as the templates have it', async () => {
  const { network, functions, api, events, workflows, monitoring } = templatesOf(EVERYTHING);
  const page = [
    '# Permissions',
    'This page lists every role of a deployment with its permissions. All optional parts are included, with an existing secret and the\nadministrator’s, each under a key. A test makes this page from the templates. Another test simulates\n[each call of AWS](../test/infra/calls.md) for each role, also on resources of others.',
    permissionTable([network, functions, api, events, workflows, monitoring]),
    '`own Logs` is the function’s log group. API Gateway invokes the aliases `live` of the seven functions, Secrets Manager that of\nthe rotation, and the schedule that of the doctor: each by a permission on the alias, for that caller only. A caller of the API\nneeds `execute-api:Invoke` on the method, and a caller of a function `lambda:InvokeFunction` on its alias.',
  ].join('\n\n');
  await expect(`${page}\n`).toMatchFileSnapshot('../../docs/iam.md');
});
