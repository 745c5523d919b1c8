import { expect, it } from 'vitest';
import { ACCESS_LOG_FIELDS } from '../../infra/constructs/ejabberd-api.ts';
import { PLATFORM_METRICS } from '../../infra/constructs/platform-failures.ts';
import { documentedTable, namesIn } from '../support/documented-table.ts';

it('docs/logs.md lists the fields of the access log', async () => {
  expect(namesIn(await documentedTable('logs.md', 'access'))).toEqual(Object.keys(ACCESS_LOG_FIELDS));
});

it('docs/logs.md lists the metrics of metric filters', async () => {
  const rows = (await documentedTable('logs.md', 'metrics')).filter(([, , by]) => by === 'a metric filter');
  expect(namesIn(rows)).toEqual(Object.values(PLATFORM_METRICS));
});
