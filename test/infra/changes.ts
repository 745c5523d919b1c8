/** Lists the steps by which CloudFormation changes a deployment from one configuration to another. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { filledIn, type Json, type StackTemplate, usesOf } from './template.ts';

/** The templates of a deployment by the name of their stack, in the order of their deployment. */
export type Deployment = ReadonlyMap<string, StackTemplate>;

/** The effect of a change, in words that name stacks and resources. */
export interface Change {
  readonly replaced: readonly string[];
  /** Resources that hold data and get another logical id. */
  readonly renamed: readonly string[];
  /** The steps that CloudFormation would refuse. */
  readonly refused: readonly string[];
  /** References that go on to name what is gone. */
  readonly stale: readonly string[];
  /** Security groups, endpoints and the like that are removed while another stack still uses them. */
  readonly removedInUse: readonly string[];
}

const HOLD_DATA: readonly string[] = [
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];

/** The types whose new one has to be there before the old one is gone, or that others hold by their id. */
const HELD: readonly string[] = [
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCEndpoint',
];

const REPLACES: readonly ResourceImpact[] = [ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE];
const REMOVES: readonly ResourceImpact[] = [ResourceImpact.WILL_DESTROY, ResourceImpact.WILL_ORPHAN];

/** Compares two deployments, stack by stack. */
export function changeOf(before: Deployment, after: Deployment): Change {
  const impacts = new Map([...before].map(([stack, template]) => [stack, impactsOf(template, after.get(stack))]));
  const all = [...impacts].flatMap(([stack, ofStack]) =>
    [...ofStack].map(([id, { type, impact }]) => ({ stack, id, type, impact })),
  );
  const replaced = all.filter(({ impact }) => REPLACES.includes(impact));
  const used = referencesIn(before);
  const isUsed = ({ stack, id }: { stack: string; id: string }) =>
    used.some((one) => one.producer === stack && one.ids.includes(id));
  return {
    replaced: replaced.map(nameOf),
    renamed: all
      .filter(({ type, impact }) => HOLD_DATA.includes(type) && REMOVES.includes(impact))
      .filter(({ stack, type }) =>
        all.some((one) => one.stack === stack && one.type === type && one.impact === ResourceImpact.WILL_CREATE),
      )
      .map(nameOf),
    refused: [
      ...used
        .filter(({ strength }) => strength === 'strong')
        .filter(({ producer, output, ids }) => {
          const kept = after.get(producer)?.Outputs?.[output] !== undefined;
          return !kept || replaced.some(({ stack, id }) => stack === producer && ids.includes(id));
        })
        .map(({ producer, output, consumer }) => `${consumer} holds ${producer}’s ${shortened(output)}`),
      ...referencesIn(after)
        .filter(({ producer, output }) => after.get(producer)?.Outputs?.[output] === undefined)
        .map(({ producer, output, consumer }) => `${consumer} asks for ${producer}’s ${shortened(output)}`),
    ],
    stale: referencesIn(after)
      .filter(
        ({ strength, producer, ids }) =>
          strength === 'weak' && replaced.some((one) => one.stack === producer && ids.includes(one.id)),
      )
      .map(({ producer, output, consumer }) => `${consumer} has the old ${producer}’s ${shortened(output)}`),
    removedInUse: all
      .filter(({ type, impact }) => HELD.includes(type) && [...REPLACES, ...REMOVES].includes(impact))
      .filter(isUsed)
      .map(nameOf),
  };
}

/** References of one stack to another. */
interface Reference {
  readonly consumer: string;
  readonly producer: string;
  readonly output: string;
  readonly strength: 'strong' | 'weak';
  /** The producer's resources that the value is made of. */
  readonly ids: readonly string[];
}

function referencesIn(deployment: Deployment): readonly Reference[] {
  return [...deployment].flatMap(([consumer, { Resources, Outputs = {} }]) => {
    const content: Json = JSON.parse(JSON.stringify({ Resources, Outputs }));
    return [
      ...usesOf('Fn::ImportValue', content).map(({ argument }) => {
        const [producer = '', output = ''] = String(argument).split(':');
        return { consumer, producer, output, strength: 'strong' as const, ids: idsOf(deployment, producer, output) };
      }),
      ...usesOf('Fn::GetStackOutput', content).map(({ argument }) => {
        const { StackName: producer, OutputName: output }: Record<string, string> = Object(argument);
        const [stack, name] = [String(producer), String(output)];
        return {
          consumer,
          producer: stack,
          output: name,
          strength: 'weak' as const,
          ids: idsOf(deployment, stack, name),
        };
      }),
    ];
  });
}

function idsOf(deployment: Deployment, stack: string, output: string): readonly string[] {
  const value = deployment.get(stack)?.Outputs?.[output]?.Value ?? null;
  const references = usesOf('Ref', value).map(({ argument }) => String(argument));
  const attributes = usesOf('Fn::GetAtt', value).map(({ argument }) => String(Object(argument)[0]));
  return [...references, ...attributes];
}

const NO_STACK: StackTemplate = { Resources: {} };

/** Templates as texts in which account and Region are filled in, each made once. */
const texts = new WeakMap<StackTemplate, string>();

function textOf(template: StackTemplate): string {
  const text = texts.get(template) ?? JSON.stringify(filledIn(JSON.parse(JSON.stringify(template))));
  texts.set(template, text);
  return text;
}

function impactsOf(before: StackTemplate, after: StackTemplate | undefined) {
  const impacts = new Map<string, { readonly type: string; readonly impact: ResourceImpact }>();
  const [old, changed] = [before, after ?? NO_STACK].map(textOf);
  if (old === changed) return impacts;
  fullDiff(JSON.parse(old ?? ''), JSON.parse(changed ?? '')).resources.forEachDifference((id, difference) => {
    const type = difference.newResourceType ?? difference.oldResourceType ?? '';
    if (difference.changeImpact !== ResourceImpact.NO_CHANGE)
      impacts.set(id, { type, impact: difference.changeImpact });
  });
  return impacts;
}

/** A logical id without the hash that the CDK puts behind it, with its stack. */
function nameOf({ stack, id }: { readonly stack: string; readonly id: string }): string {
  return `${stack.replace(/^rostbeef-\w+-/, '')} ${shortened(id)}`;
}

function shortened(id: string): string {
  return id.replace(/^(?:Exports|Publish)Output(?:Ref|FnGetAtt)/, '').replace(/[0-9A-F]{8}(?=[A-Z][a-z]|$)/g, '');
}

const specification = loadAwsServiceSpecSync();

/** Weak references in properties whose change replaces the resource, by type and property. */
export function weakInReplaceable(deployment: Deployment): ReadonlySet<string> {
  const found = [...deployment.values()].flatMap(({ Resources }) =>
    Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
      const [type] = specification.lookup('resource', 'cloudFormationType', 'equals', Type);
      return Object.entries(Properties)
        .filter(([name, value]) => {
          const replaces = type?.properties[name]?.causesReplacement;
          return replaces !== undefined && replaces !== 'no' && usesOf('Fn::GetStackOutput', value).length > 0;
        })
        .map(([name]) => `${Type} ${name}`);
    }),
  );
  return new Set(found);
}
