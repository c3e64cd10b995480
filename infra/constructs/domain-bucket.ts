/** A domain's object store: private, encrypted, reached over TLS only, uploads by presigned URL. */

import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { BucketSpec } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { accept } from './nag.ts';
import { removalPolicyOf } from './removal-policy.ts';

export interface DomainBucketProps {
  spec: BucketSpec;
  stage: StageConfig;
}

/** As long as tables can be restored to any second. */
const keepReplacedDays = 35;

export class DomainBucket extends Bucket {
  constructor(scope: Construct, id: string, { spec, stage }: DomainBucketProps) {
    const isVersioned = stage.removalPolicy === 'retain' && spec.recoverable !== false;
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: isVersioned,
      removalPolicy: removalPolicyOf(stage),
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(spec.expireAfterDays === undefined ? [] : [{ expiration: Duration.days(spec.expireAfterDays) }]),
        ...(isVersioned ? forgetReplaced(spec) : []),
      ],
      ...(spec.browserAccess && stage.corsOrigins.length > 0
        ? {
            cors: [
              {
                allowedMethods: [HttpMethods.GET, HttpMethods.PUT],
                allowedOrigins: stage.corsOrigins,
                allowedHeaders: ['*'],
                exposedHeaders: ['ETag'],
              },
            ],
          }
        : {}),
    });
    accept(this, 'S1', 'Every access is by presigned URL that a function issued and logged; S3 logs would repeat it.');
  }
}

/**
 * With versions, what is deleted, replaced or expires stays, for ever unless a rule says otherwise. The rule that expires
 * objects takes the markers of deleted ones away with them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
const forgetReplaced = ({ expireAfterDays }: BucketSpec): LifecycleRule[] => [
  { noncurrentVersionExpiration: Duration.days(keepReplacedDays) },
  ...(expireAfterDays === undefined ? [{ expiredObjectDeleteMarker: true }] : []),
];
