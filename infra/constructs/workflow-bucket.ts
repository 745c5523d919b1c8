import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The files hold nicks and stanzas, so they expire. An execution can be redriven for 14 days, and needs them. */
const KEPT = Duration.days(30);

/**
 * Makes the bucket for files of operations and their results. It is encrypted, never public, and takes TLS only. Objects
 * expire after 30 days.
 *
 * @param removalPolicy the removal policy of the bucket
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
