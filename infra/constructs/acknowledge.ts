import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of a validation that is accepted, and the reason. */
export interface Acknowledged {
  /** The rule, such as `AwsSolutions-IAM5[Resource::*]`. */
  readonly id: string;
  readonly reason: string;
}

/**
 * Accepts findings of a construct, such as those of cdk-nag.
 *
 * A release of the CDK without `Validations` reports no findings, so nothing is recorded there.
 *
 * @param construct the construct that the rules complain about
 * @param rules the findings to accept
 * @example
 * acknowledge(role, { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'X-Ray segments have no resource-level permissions.' })
 */
export function acknowledge(construct: IConstruct, ...rules: readonly Acknowledged[]): void {
  if ('Validations' in cdk) cdk.Validations.of(construct).acknowledge(...rules);
}
