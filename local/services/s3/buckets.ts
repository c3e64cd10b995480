/** The buckets and what belongs to each: objects, uploads in parts, CORS rules. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError } from '../../runtime/types.ts';
import type { LifecycleRule } from './lifecycle.ts';
import { MultipartUploads } from './multipart-uploads.ts';
import { ObjectStore } from './object-store.ts';

export interface CorsRule {
  AllowedOrigins: string[];
  AllowedMethods: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  MaxAge?: number;
}

export interface Bucket {
  name: string;
  objects: ObjectStore;
  uploads: MultipartUploads;
  corsRules: CorsRule[];
  lifecycle: LifecycleRule[];
}

export class Buckets {
  readonly #folder: string | undefined;
  readonly #buckets = new Map<string, Bucket>();

  /** @param dataDir buckets found there are known at once */
  constructor(dataDir: string | undefined) {
    this.#folder = dataDir === undefined ? undefined : join(dataDir, 's3');
    for (const name of existingFolders(this.#folder)) this.open(name);
  }

  /** Creates the bucket, or finds it as an earlier start left it. */
  open(name: string): Bucket {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..'))
      throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      const objects = new ObjectStore(this.#folder && join(this.#folder, name));
      bucket = { name, objects, uploads: new MultipartUploads(), corsRules: [], lifecycle: [] };
      this.#buckets.set(name, bucket);
    }
    return bucket;
  }

  has(name: string): boolean {
    return this.#buckets.has(name);
  }

  find(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    return bucket;
  }

  delete(name: string): void {
    if (this.find(name).objects.size > 0)
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    this.#buckets.delete(name);
  }

  all(): Bucket[] {
    return [...this.#buckets.values()];
  }

  names(): string[] {
    return [...this.#buckets.keys()].sort();
  }
}

function existingFolders(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
