/** A domain's object store: private, encrypted, reached over TLS only, uploads by presigned URL. */

import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { BucketSpec } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { accept } from './nag.ts';
import { removalPolicyOf } from './removal-policy.ts';

export interface DomainBucketProps {
  spec: BucketSpec;
  stage: StageConfig;
}

export class DomainBucket extends Bucket {
  constructor(scope: Construct, id: string, { spec, stage }: DomainBucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: stage.removalPolicy === 'retain',
      removalPolicy: removalPolicyOf(stage),
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...(spec.expireAfterDays === undefined ? [] : [{ expiration: Duration.days(spec.expireAfterDays) }]),
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
