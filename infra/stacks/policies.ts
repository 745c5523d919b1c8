import { RemovalPolicy } from 'aws-cdk-lib';
import type { Configuration } from '../config/read-context.ts';

/** What becomes of data when its stack is deleted. */
export function removalPolicyOf({ retain }: Pick<Configuration, 'retain'>): RemovalPolicy {
  return retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** The metrics' namespace of one environment. */
export function metricNamespaceOf({ environment }: Pick<Configuration, 'environment'>): string {
  return `rostbeef/${environment}`;
}
