import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../infra/config/settings.ts';
import { type Change, changeOf, type Deployment, weakInReplaceable } from './changes.ts';
import { type Context, synthesize } from './synthesize.ts';
import { TOGGLES } from './toggles.ts';

/** A synthesized configuration, and what the checks of the CDK find wrong with it. */
interface Synthesized {
  readonly deployment: Deployment;
  readonly findings: readonly string[];
}

const known = new Map<string, Synthesized>();

/** Each configuration is synthesized once, in this process, with the functions built once. */
function synthesized(context: Context): Synthesized {
  const key = JSON.stringify(context);
  const made = known.get(key) ?? synthesizeAndCheck(context);
  known.set(key, made);
  return made;
}

function synthesizeAndCheck(context: Context): Synthesized {
  const { app, outdir, remove, stacks } = synthesize(context, { account: '123456789012', region: 'eu-west-1' }, true);
  try {
    const packs = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
    const nag = packs.flatMap((pack) => pack.validateScope(app).violations).map((found) => JSON.stringify(found));
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return { deployment: stacks, findings: [...nag, ...pluginReports.map((found: unknown) => JSON.stringify(found))] };
  } finally {
    remove();
  }
}

const changes = new Map<string, Change>();

function changeBetween(before: Context, after: Context): Change {
  const key = JSON.stringify([before, after]);
  const change = changes.get(key) ?? changeOf(synthesized(before).deployment, synthesized(after).deployment);
  changes.set(key, change);
  return change;
}

/** `npm run toggles` looks at every change and writes the table. The suite looks at those that touch most resources. */
const isWhole = process.env['TOGGLES'] === 'all';
const SAMPLE = [
  'apiAccess=private',
  'ejabberdPeers',
  'events=true, own VPC',
  'idempotency=true',
  'retain=false',
  'rotationAdminSecretArn',
  'vpcId, from an own one',
];

const both = TOGGLES.filter(({ name }) => isWhole || SAMPLE.includes(name)).flatMap(({ name, off, on }) => [
  { name, direction: 'on', before: off, after: on },
  { name, direction: 'off', before: on, after: off },
]);

/** A VPC can't be exchanged under the functions that are in it. docs/deploy.md says how to move. */
const REFUSED = ['vpcCidr, own VPC on', 'vpcCidr, own VPC off', 'vpcId, from an own one on'];

describe.each(both)('to change $name, $direction,', { timeout: 60_000 }, ({ name, direction, before, after }) => {
  const change = () => changeBetween(before, after);
  const isRefused = REFUSED.includes(`${name} ${direction}`);

  it(
    isRefused ? 'is refused by CloudFormation before anything is done' : 'is nothing that CloudFormation refuses',
    () => {
      expect(change().refused.length > 0).toBe(isRefused);
    },
  );

  it('leaves no reference between stacks that names what is gone', () => {
    expect(change().stale).toEqual([]);
  });

  it('removes or replaces nothing that another stack holds', () => {
    if (!isRefused) expect(change().removedInUse).toEqual([]);
  });

  it('renames nothing that holds data', () => {
    expect(change().renamed).toEqual([]);
  });
});

describe('every configuration', () => {
  const configurations = [...new Map(both.map(({ after, name }) => [JSON.stringify(after), { name, after }])).values()];

  it.each(configurations)('is clean by cdk-nag and the CDK’s validator ($name)', { timeout: 60_000 }, ({ after }) => {
    expect(synthesized(after).findings).toEqual([]);
  });

  it('has no weak reference whose value would replace a resource, but in permissions, which are added before one is removed', () => {
    const found = configurations.flatMap(({ after }) => [...weakInReplaceable(synthesized(after).deployment)]);
    expect(new Set(found)).toEqual(new Set(['AWS::Lambda::Permission FunctionName']));
  });
});

it('every setting that a deployment has is among the changes', () => {
  const changed = new Set(
    TOGGLES.flatMap(({ off, on }) => Object.keys({ ...off, ...on }).filter((key) => off[key] !== on[key])),
  );
  // Each is one variable of the functions, or one number of a stage or a schedule.
  const plain = [
    'apiBurstLimit',
    'ejabberdMaxResponseBytes',
    'ejabberdMaxStanzaBytes',
    'ejabberdSenders',
    'rotationDays',
  ];
  // Each is changed with another that it belongs to.
  const together = ['idempotencyTtlSeconds', 'secretsManagerPeers'];
  const unknown = Object.keys(settingsSchema.shape).filter(
    (key) => !changed.has(key) && ![...plain, ...together].includes(key),
  );
  expect(unknown).toEqual([]);
});

const TABLE = join(import.meta.dirname, 'toggles.md');

const HEAD = [
  '| change | to | replaces | refused by CloudFormation | stale | removed while another stack holds it |',
  '|---|---|---|---|---|---|',
];

function rowOf({ name, direction, before, after }: (typeof both)[number]): string {
  const words = (list: readonly string[]) => (list.length === 0 ? '–' : [...new Set(list)].join('<br>'));
  const change = changeBetween(before, after);
  const cells = [change.replaced, change.refused, change.stale, change.removedInUse].map(words);
  return `| ${name} | ${direction} | ${cells.join(' | ')} |`;
}

it('the table says what each change replaces', { timeout: 300_000 }, async () => {
  const rows = both.map(rowOf);
  if (isWhole) return expect(`${[...HEAD, ...rows].join('\n')}\n`).toMatchFileSnapshot(TABLE);
  expect(readFileSync(TABLE, 'utf8').split('\n')).toEqual(expect.arrayContaining(rows));
});

it.skipIf(isWhole)('the table has each change in both directions', () => {
  const changes = TOGGLES.flatMap(({ name }) => [`${name} | on`, `${name} | off`]);
  const listed = readFileSync(TABLE, 'utf8').matchAll(/^\| (.+? \| (?:on|off)) \|/gm);
  expect([...listed].map(([, change]) => change)).toEqual(changes);
});
