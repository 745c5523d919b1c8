import { RemovalPolicy } from 'aws-cdk-lib';
import type { Configuration } from '../config/read-context.ts';

/** The removal policy of resources that hold data. */
export function removalPolicyOf({ retain }: Pick<Configuration, 'retain'>): RemovalPolicy {
  return retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** The namespace of an environment’s own metrics. */
export function metricNamespaceOf({ environment }: Pick<Configuration, 'environment'>): string {
  return `rostbeef/${environment}`;
}
