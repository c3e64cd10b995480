/** Buckets for tests: the local runtime's S3 over real HTTP, presigned uploads included. */
import { afterAll, beforeAll } from 'vitest';
import { environmentName } from '../../../layers/kernel/config/resource-names.ts';
import { createS3Service } from '../../../local/services/s3/index.ts';
import { serveForTest } from '../../../local/services/test-support/aws-server.ts';
import { createFakeContext, createResource } from '../../../local/services/test-support/fake-context.ts';

export const useDocumentBucket = (): void => useBuckets('documents', 'drawn-documents');
export const useBankFiles = (): void => useBuckets('bank-files');

function useBuckets(...names: string[]): void {
  const closing: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const s3 = createS3Service(createFakeContext({ startTime: Date.now() }));
    const endpoint = await serveForTest(s3);
    closing.push(endpoint.close, async () => s3.stop?.());
    process.env['AWS_ENDPOINT_URL_S3'] = endpoint.url;
    for (const name of names) {
      const { ref } = await createResource(s3, 'AWS::S3::Bucket', name, { BucketName: name });
      process.env[environmentName.bucket(name)] = ref;
    }
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
}
