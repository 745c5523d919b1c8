/** Reads the permissions of each role from a template. */
import type { Template } from 'aws-cdk-lib/assertions';

/** One statement of a role's policy, in words. */
export interface Permission {
  /** The logical id of the role. */
  readonly role: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

/** The permissions of every role in a template. */
export function permissionsIn(template: Template): readonly Permission[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    Properties.Roles.flatMap((role: unknown) =>
      Properties.PolicyDocument.Statement.map((statement: Record<string, unknown>) => ({
        role: nameOf(role),
        effect: String(statement['Effect']),
        actions: listOf(statement['Action']),
        resources: listOf(statement['Resource']),
        conditions: statement['Condition'],
      })),
    ),
  );
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(nameOf);
}

/** A resource by its logical id; anything else by its text. */
export function nameOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value);
  const imported = /(?:Exports|Publish)Output(?:Ref|FnGetAtt)([A-Za-z]+?[0-9A-F]{8})/.exec(text);
  const own = /"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/.exec(text);
  return withoutHash(imported?.[1] ?? own?.[1] ?? text);
}

/** A logical id without what the CDK puts behind it. */
export function withoutHash(logicalId: string): string {
  // A version's id ends in a hash of its code and settings as well.
  const id = logicalId.replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}$/, '$1');
  return id.replace(/[0-9A-F]{8}$/, '');
}

/**
 * The permissions of each role, as a table in Markdown: roles that may do the same stand together, and each one's own things are
 * called so.
 */
export function permissionTable(templates: readonly Template[]): string {
  const rows = new Map<string, string[]>();
  for (const [role, permissions] of Map.groupBy(templates.flatMap(permissionsIn), (permission) => permission.role)) {
    const own = role.replace(/Role$/, '');
    const lines = permissions.map(({ effect, actions, resources, conditions }) => {
      const things = resources.map((resource) =>
        resource === '*' ? 'everything' : `\`${resource.replace(own, 'own ')}\``,
      );
      const where = conditions === undefined ? '' : `, where \`${JSON.stringify(conditions)}\``;
      const what = `${actions.map((action) => `\`${action}\``).join(' ')} on ${things.join(', ')}${where}`;
      return effect === 'Deny' ? `**never** ${what}` : what;
    });
    const text = lines.join('<br>');
    rows.set(text, [...(rows.get(text) ?? []), own.replace(/^Rostbeef/, '')]);
  }
  const body = [...rows].map(([may, who]) => `| ${who.join('<br>')} | ${may} |`);
  return ['| who | may |', '|---|---|', ...body].join('\n');
}
