/**
 * Amazon S3 on one machine: objects in files of the data folder or in memory. Access is not decided
 * here: policies and ACLs are accepted and not evaluated, and versioning keeps the newest only.
 */
import {
  type AwsService,
  ConfigurationError,
  type DeclaredResource,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { type Bucket, Buckets } from './buckets.ts';
import { corsHeaders } from './cors.ts';
import { LifecycleSweep, readLifecycle } from './lifecycle.ts';
import { storeObject } from './object-operations.ts';
import { checkPresigned } from './presigned.ts';
import { addressOf, routeRequest } from './routing.ts';

export interface S3Service extends AwsService {
  /** Writes an object for another service. @throws AwsError NoSuchBucket */
  putObject(bucketName: string, key: string, body: Buffer): Promise<void>;
}

export function createS3Service(ctx: RuntimeContext): S3Service {
  const buckets = new Buckets(ctx.dataDir);
  const sweep = new LifecycleSweep(ctx.clock, buckets);
  return {
    signingName: 's3',
    resources: {
      'AWS::S3::Bucket': (resource) => {
        const { name } = declareBucket(resource, buckets);
        const domain = `${name}.s3.amazonaws.com`;
        const attributes = {
          Arn: `arn:aws:s3:::${name}`,
          DomainName: domain,
          RegionalDomainName: `${name}.s3.${ctx.region}.amazonaws.com`,
        };
        return { ref: name, attributes };
      },
      'AWS::S3::BucketPolicy': ({ properties }) => ({ ref: buckets.find(String(properties['Bucket'])).name }),
    },
    async handle(request) {
      checkPresigned(request.query, ctx.clock.now());
      // PUT, COPY, POST and LIST have one price, GET and all others another, DELETE none.
      const listing = request.method === 'GET' && request.query.has('list-type');
      if (request.method === 'PUT' || request.method === 'POST' || listing) ctx.meter.count('s3.putPerMillion', 1);
      else if (request.method !== 'DELETE') ctx.meter.count('s3.getPerMillion', 1);
      const answer = await routeRequest(request, buckets, ctx.clock);
      const { bucketName } = addressOf(request);
      const cors = buckets.has(bucketName) ? corsHeaders(buckets.find(bucketName).corsRules, request) : {};
      return { ...answer, headers: { ...cors, ...answer.headers } };
    },
    start: async () => sweep.start(),
    stop: async () => sweep.stop(),
    async putObject(bucketName, key, body) {
      ctx.meter.count('s3.putPerMillion', 1);
      await storeObject(buckets.find(bucketName), key, body, ctx.clock);
    },
  };
}

function declareBucket({ properties, defaultName }: DeclaredResource, buckets: Buckets): Bucket {
  const name = String(
    properties['BucketName'] ??
      defaultName
        .toLowerCase()
        .replace(/[^a-z0-9-]/g, '-')
        .slice(0, 63)
        .replace(/-+$/, ''),
  );
  if (properties['NotificationConfiguration'] !== undefined)
    throw new ConfigurationError(`S3 bucket "${name}" declares notifications, which are not played locally.`);
  const bucket = buckets.open(name);
  bucket.lifecycle = readLifecycle(name, properties['LifecycleConfiguration']);
  bucket.corsRules = properties['CorsConfiguration']?.CorsRules ?? [];
  return bucket;
}
