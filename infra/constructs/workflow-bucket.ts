import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The files hold nicks and stanzas. An execution can be redriven for 14 days, and needs them for so long. */
const KEPT = Duration.days(30);

/**
 * Makes the bucket for files of operations and what becomes of them: encrypted, over TLS only, never public, and emptied
 * by itself after 30 days.
 *
 * @param removalPolicy whether it outlives the stack
 */
export function workflowBucket(scope: Construct, id: string, removalPolicy = RemovalPolicy.RETAIN): Bucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    lifecycleRules: [{ expiration: KEPT, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy,
  });
  acknowledge(bucket, {
    id: 'AwsSolutions-S1',
    reason: 'Server access logs need a bucket of the account. CloudTrail logs data events where they are wanted.',
  });
  return bucket;
}
