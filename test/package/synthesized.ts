/** Extracts the resources, permissions and state machines that no release of the CDK may lose. */
import { isObject } from 'rostbeef-layer';

/** The parts of a template that must not depend on the release of the CDK, by resource. */
export type Essence = Readonly<Record<string, unknown>>;

/**
 * Takes the essence of a template: each resource with its type, the actions of its policies, its runtime, and the definition
 * of its state machine. Releases differ in other properties, such as the order of a dashboard's members.
 *
 * @param template as `cdk synth` writes it
 */
export function essenceOf(template: unknown): Essence {
  const resources = isObject(template) && isObject(template['Resources']) ? template['Resources'] : {};
  const entries = Object.entries(resources).flatMap(([id, resource]) => {
    // The CDK's own handlers of custom resources follow its releases.
    if (!isObject(resource) || resource['Type'] === 'AWS::CDK::Metadata' || id.startsWith('Custom')) return [];
    const { Type, Properties } = resource;
    const properties = isObject(Properties) ? Properties : {};
    const { Runtime, DefinitionString } = properties;
    return [[withoutHash(id), { Type, Runtime, DefinitionString, actions: actionsIn(properties) }] as const];
  });
  return JSON.parse(withoutHash(JSON.stringify(Object.fromEntries(entries))));
}

/** The id of a version or a deployment ends in a hash. */
function withoutHash(text: string): string {
  return text.replaceAll(/(?<=[0-9A-F]{8})[0-9a-f]{32}\b/g, '');
}

function actionsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  if (!isObject(value)) return [];
  const { Action, Effect } = value;
  if (typeof Effect === 'string') return [Action].flat().map((action) => `${Effect} ${String(action)}`);
  return Object.values(value).flatMap(actionsIn);
}
