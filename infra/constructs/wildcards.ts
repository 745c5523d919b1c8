import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * Tells cdk-nag why policies below a construct name resources by a wildcard. Each resource has to be told by itself, in the
 * words that cdk-nag has for references.
 *
 * @param resources as the policies have them
 * @example
 * acknowledgeWildcards(this, [bucket.arnForObjects('*')], 'The bucket is for these objects only.')
 */
export function acknowledgeWildcards(scope: Construct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(scope);
  const ids = resources.map((resource) => `AwsSolutions-IAM5[Resource::${inWords(stack.resolve(resource))}]`);
  acknowledge(scope, ...ids.map((id) => ({ id, reason })));
}

function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(value);
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (join !== undefined) return join[1].map(inWords).join(join[0]);
  return JSON.stringify(value);
}
