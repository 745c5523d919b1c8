/** A deployment in a few lines that a person can review: what there is, who may do what, what may go where. */
import type { Template } from 'aws-cdk-lib/assertions';
import { nameOf, permissionTable, withoutHash } from './policies.ts';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** The summary of a stack. */
export function summaryOf(name: string, template: Template): string {
  const { Resources, Outputs = {} } = template.toJSON() as {
    readonly Resources: Readonly<Record<string, Resource>>;
    readonly Outputs?: Readonly<Record<string, unknown>>;
  };
  const resources = Object.entries(Resources);
  const counts = Map.groupBy(resources, ([, { Type }]) => Type);
  return [
    `# ${name}`,
    section(
      'Resources',
      [...counts].sort().map(([type, list]) => `${type} ${list.length}`),
    ),
    section(
      'Functions',
      resources.flatMap(([id, resource]) => functionLine(id, resource)),
    ),
    section(
      'May go out',
      resources.flatMap(([id, resource]) => ruleLines(id, resource, 'Egress')),
    ),
    section(
      'May come in',
      resources.flatMap(([id, resource]) => ruleLines(id, resource, 'Ingress')),
    ),
    section('May do', permissionTable([template]).split('\n').slice(2)),
    section(
      'Outlive the stack',
      resources.filter(([, { DeletionPolicy }]) => /^Retain/.test(DeletionPolicy ?? '')).map(([id]) => withoutHash(id)),
    ),
    section(
      'Outputs',
      Object.keys(Outputs).filter((output) => !/^(?:Exports|Publish)Output/.test(output)),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [`## ${title}`, ...lines].join('\n');
}

function functionLine(id: string, { Type, Properties = {} }: Resource): readonly string[] {
  if (Type !== 'AWS::Lambda::Function') return [];
  const { MemorySize, Timeout, ReservedConcurrentExecutions: reserved = 'none', Environment } = Properties;
  const { Variables = {} } = Object(Environment);
  return [
    `${withoutHash(id)}: ${MemorySize} MB, ${Timeout} s, reserved ${reserved}, ${Object.keys(Variables).join(' ')}`,
  ];
}

function ruleLines(id: string, { Type, Properties = {} }: Resource, way: 'Egress' | 'Ingress'): readonly string[] {
  const isOwn = Type === `AWS::EC2::SecurityGroup${way}`;
  const inGroup = Type === 'AWS::EC2::SecurityGroup' ? Properties[`SecurityGroup${way}`] : undefined;
  const rules: readonly Record<string, unknown>[] = isOwn ? [Properties] : Array.isArray(inGroup) ? inGroup : [];
  return rules
    .filter(({ CidrIp }) => CidrIp !== '255.255.255.255/32')
    .map((rule) => {
      const group = isOwn ? nameOf(rule['GroupId']) : withoutHash(id);
      const others = ['CidrIp', 'DestinationSecurityGroupId', 'SourceSecurityGroupId', 'DestinationPrefixListId'];
      const peer = others.map((name) => rule[name]).find((value) => value !== undefined);
      return `${group}: ${nameOf(peer)} port ${rule['FromPort']} (${rule['Description']})`;
    });
}
