import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * Accepts cdk-nag’s findings about wildcards in the policies below a construct. cdk-nag has a finding for each resource.
 *
 * @param resources the resources in the policies
 * @param reason why no policy can name them
 * @example
 * acknowledgeWildcards(this, [bucket.arnForObjects('*')], 'The bucket is for these objects only.')
 */
export function acknowledgeWildcards(scope: Construct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(scope);
  const ids = resources.map((resource) => `AwsSolutions-IAM5[Resource::${inWords(stack.resolve(resource))}]`);
  acknowledge(scope, ...ids.map((id) => ({ id, reason })));
}

/** Writes a reference as cdk-nag does: `<LogicalId>` or `<LogicalId.Attribute>`. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(value);
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (join !== undefined) return join[1].map(inWords).join(join[0]);
  return JSON.stringify(value);
}
