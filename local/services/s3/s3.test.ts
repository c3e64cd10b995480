/** S3 through the real SDK client and plain HTTP; behaviour per the S3 API reference. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { clientSettings, serveForTest, type TestEndpoint } from '../test-support/aws-server.ts';
import { createFakeContext, createResource, type FakeContext } from '../test-support/fake-context.ts';
import { createS3Service, type S3Service } from './index.ts';

const Bucket = 'files';
let ctx: FakeContext;
let service: S3Service;
let endpoint: TestEndpoint;
let client: s3.S3Client;

beforeEach(async () => {
  ctx = createFakeContext();
  await start();
});
afterEach(stop);

async function start(): Promise<void> {
  service = createS3Service(ctx);
  await createResource(service, 'AWS::S3::Bucket', 'Files', {
    BucketName: Bucket,
    CorsConfiguration: {
      CorsRules: [
        {
          AllowedOrigins: ['http://*.example'],
          AllowedMethods: ['PUT', 'GET'],
          AllowedHeaders: ['*'],
          ExposedHeaders: ['ETag'],
        },
      ],
    },
  });
  endpoint = await serveForTest(service);
  client = new s3.S3Client({ ...clientSettings(endpoint), forcePathStyle: true });
}
async function stop(): Promise<void> {
  client.destroy();
  await endpoint.close();
}

const put = (Key: string, Body: string | Buffer = Key, more: object = {}) =>
  client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => client.send(new s3.GetObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more: object = {}) => (await get(Key, more)).Body!.transformToString();

describe('objects', () => {
  it('come back with content type, metadata and ETag, under any key', async () => {
    const Key = 'a b/ü+%/(1).txt';
    const { ETag } = await put(Key, 'hello', {
      ContentType: 'text/plain',
      Metadata: { tenant: 't1' },
      CacheControl: 'no-store',
    });
    expect(ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const read = await get(Key);
    expect(read).toMatchObject({
      ETag,
      ContentType: 'text/plain',
      ContentLength: 5,
      CacheControl: 'no-store',
      Metadata: { tenant: 't1' },
    });
    expect(read.LastModified).toEqual(new Date(ctx.clock.now()));
    expect(await read.Body!.transformToString()).toBe('hello');
    expect(await client.send(new s3.HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ETag, ContentLength: 5 });
  });

  it('arrive in aws-chunked streams with checksum trailers', async () => {
    const body = Buffer.alloc(200_000, 'x');
    await put('stream', Readable.from([body.subarray(0, 70_000), body.subarray(70_000)]) as never, {
      ContentLength: body.length,
    });
    const read = await get('stream', { ChecksumMode: 'ENABLED' });
    expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body)).toBe(true);
    expect(read.ContentEncoding).toBeUndefined();
    expect(read.ChecksumCRC32).toBeDefined();
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('are checked by %s', async (ChecksumAlgorithm) => {
    await put('sum', 'checked', { ChecksumAlgorithm });
    expect(await text('sum', { ChecksumMode: 'ENABLED' })).toBe('checked');
  });

  it('are refused with a wrong digest', async () => {
    await expect(put('bad', 'x', { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(put('bad', 'x', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(get('bad')).rejects.toThrow(s3.NoSuchKey);
  });

  it('are read in ranges', async () => {
    await put('digits', '0123456789');
    expect(await text('digits', { Range: 'bytes=2-4' })).toBe('234');
    expect(await text('digits', { Range: 'bytes=7-' })).toBe('789');
    expect(await text('digits', { Range: 'bytes=-2' })).toBe('89');
    expect((await get('digits', { Range: 'bytes=8-20' })).ContentRange).toBe('bytes 8-9/10');
    await expect(get('digits', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('obey conditions on reading and writing (conditional-requests)', async () => {
    const { ETag } = await put('c', '1', { IfNoneMatch: '*' });
    await expect(put('c', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await put('c', '2', { IfMatch: ETag });
    await expect(put('c', '3', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const current = (await get('c')).ETag;
    await expect(get('c', { IfNoneMatch: current })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get('c', { IfMatch: ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('are copied with or without their metadata', async () => {
    await put('from dir/ü', 'x', { ContentType: 'text/a', Metadata: { k: 'v' } });
    const CopySource = `${Bucket}/${encodeURIComponent('from dir/ü')}`;
    await client.send(new s3.CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(await get('to')).toMatchObject({ ContentType: 'text/a', Metadata: { k: 'v' } });
    await client.send(
      new s3.CopyObjectCommand({ Bucket, Key: 'to', CopySource, MetadataDirective: 'REPLACE', ContentType: 'text/b' }),
    );
    expect(await get('to')).toMatchObject({ ContentType: 'text/b', Metadata: {} });
  });

  it('are tagged', async () => {
    await put('t', 'x', { Tagging: 'a=1&b=2' });
    await client.send(
      new s3.PutObjectTaggingCommand({ Bucket, Key: 't', Tagging: { TagSet: [{ Key: 'c&d', Value: '<3>' }] } }),
    );
    const { TagSet } = await client.send(new s3.GetObjectTaggingCommand({ Bucket, Key: 't' }));
    expect(TagSet).toEqual([{ Key: 'c&d', Value: '<3>' }]);
    expect(await text('t')).toBe('x');
  });

  it('are deleted alone and together, also when they are not there', async () => {
    for (const key of ['a', 'b', 'c&<']) await put(key);
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'none' }));
    const Objects = [{ Key: 'a' }, { Key: 'c&<' }];
    const { Deleted } = await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toEqual(Objects);
    const { Contents } = await client.send(new s3.ListObjectsV2Command({ Bucket }));
    expect(Contents!.map(({ Key }) => Key)).toEqual(['b']);
  });
});

describe('listing (ListObjectsV2)', () => {
  const list = (more: object) => client.send(new s3.ListObjectsV2Command({ Bucket, ...more }));
  it('groups by delimiter and pages through everything once', async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c/1', 'c/2', 'd']) await put(key);
    const grouped = await list({ Delimiter: '/' });
    expect(grouped.Contents!.map(({ Key }) => Key)).toEqual(['b', 'd']);
    expect(grouped.CommonPrefixes!.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/']);
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ Delimiter: '/', MaxKeys: 1, ContinuationToken });
      expect(page.KeyCount).toBe(1);
      seen.push(page.Contents?.[0]?.Key ?? page.CommonPrefixes![0]!.Prefix!);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(['a/', 'b', 'c/', 'd']);
    expect((await list({ Prefix: 'c/', StartAfter: 'c/1' })).Contents!.map(({ Key }) => Key)).toEqual(['c/2']);
  });
  it('says which bucket is missing', async () => {
    await expect(client.send(new s3.ListObjectsV2Command({ Bucket: 'nowhere' }))).rejects.toThrow(s3.NoSuchBucket);
  });
});

describe('uploads in parts (mpuoverview)', () => {
  it('join into one object with a composite ETag', async () => {
    const { UploadId } = await client.send(
      new s3.CreateMultipartUploadCommand({ Bucket, Key: 'big', ContentType: 'x/y' }),
    );
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await client.send(new s3.UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber, Body }));
      Parts.push({ ETag, PartNumber });
    }
    const reversed = { Parts: [...Parts].reverse() };
    const complete = (MultipartUpload: object) =>
      client.send(new s3.CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload }));
    await expect(complete(reversed)).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    expect((await complete({ Parts })).ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const read = await get('big');
    expect(read).toMatchObject({ ContentType: 'x/y', ContentLength: 5 * 1024 * 1024 + 3 });
    await expect(complete({ Parts })).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });
  it('refuse small parts before the last, and can be aborted', async () => {
    const { UploadId } = await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: 'k' }));
    const part = async (PartNumber: number) => ({
      PartNumber,
      ETag: (await client.send(new s3.UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber, Body: 'small' })))
        .ETag,
    });
    const MultipartUpload = { Parts: [await part(1), await part(2)] };
    const complete = new s3.CompleteMultipartUploadCommand({ Bucket, Key: 'k', UploadId, MultipartUpload });
    await expect(client.send(complete)).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key: 'k', UploadId }));
    await expect(client.send(new s3.ListPartsCommand({ Bucket, Key: 'k', UploadId }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });
});

describe('presigned URLs (sigv4-query-string-auth)', () => {
  const url = (key: string, more: Record<string, string> = {}) => {
    const date = new Date(ctx.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const query = new URLSearchParams({ 'X-Amz-Date': date, 'X-Amz-Expires': '60', 'X-Amz-Signature': 's', ...more });
    return `${endpoint.url}/${Bucket}/${key}?${query}`;
  };
  it('upload and download until they expire on the modelled clock', async () => {
    const upload = url('up');
    expect(
      (await fetch(upload, { method: 'PUT', body: 'via url', headers: { 'content-type': 'text/x' } })).status,
    ).toBe(200);
    const download = url('up', { 'response-content-disposition': 'attachment; filename=a' });
    const answer = await fetch(download);
    expect(await answer.text()).toBe('via url');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=a');
    ctx.clock.advance(61_000);
    const late = await fetch(download);
    expect(late.status).toBe(403);
    expect(await late.text()).toContain('Request has expired');
  });
  it('work from a browser where CORS allows its origin', async () => {
    const headers = {
      origin: 'http://app.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    };
    const preflight = await fetch(url('up'), { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('http://app.example');
    const upload = await fetch(url('up'), { method: 'PUT', body: 'x', headers: { origin: 'http://app.example' } });
    expect(upload.headers.get('access-control-expose-headers')).toBe('ETag');
    const foreign = await fetch(url('up'), { method: 'OPTIONS', headers: { ...headers, origin: 'http://other.test' } });
    expect(foreign.status).toBe(403);
  });
});

describe('forms (sigv4-HTTPPOSTConstructPolicy)', () => {
  const post = (fields: Record<string, string>, conditions: unknown[], body = 'content') => {
    const policy = { expiration: new Date(ctx.clock.now() + 60_000).toISOString(), conditions };
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('Policy', Buffer.from(JSON.stringify(policy)).toString('base64'));
    form.set('X-Amz-Signature', 's');
    form.set('file', new File([body], 'photo.jpg'));
    return () => fetch(`${endpoint.url}/${Bucket}`, { method: 'POST', body: form });
  };
  const conditions = [
    { bucket: Bucket },
    ['starts-with', '$key', 'in/'],
    { 'Content-Type': 'image/jpeg' },
    ['content-length-range', 1, 10],
  ];

  it('store what their policy allows, until it expires', async () => {
    const send = post({ key: `in/\${filename}`, 'Content-Type': 'image/jpeg' }, conditions);
    expect((await send()).status).toBe(204);
    expect(await get('in/photo.jpg')).toMatchObject({ ContentType: 'image/jpeg', ContentLength: 7 });
    ctx.clock.advance(60_000);
    expect(await (await send()).text()).toContain('Policy expired');
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['another prefix', { key: 'out/a', 'Content-Type': 'image/jpeg' }, 'x', 'Policy Condition failed'],
    ['too much', { key: 'in/a', 'Content-Type': 'image/jpeg' }, 'x'.repeat(11), 'EntityTooLarge'],
    [
      'a field without a condition',
      { key: 'in/a', 'Content-Type': 'image/jpeg', 'x-amz-meta-a': '1' },
      'x',
      'Extra input fields',
    ],
  ])('refuse %s', async (_name, fields, body, text) => {
    const answer = await post(fields, conditions, body)();
    expect(answer.ok).toBe(false);
    expect(await answer.text()).toContain(text);
  });
});

describe('lifecycle rules (intro-lifecycle-rules)', () => {
  it('delete objects and abort uploads at the midnight after their days', async () => {
    const day = 86_400_000;
    await createResource(service, 'AWS::S3::Bucket', 'Old', {
      BucketName: 'old',
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', Prefix: 'tmp/', ExpirationInDays: 2 },
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
          { Status: 'Disabled', ExpirationInDays: 1 },
        ],
      },
    });
    await service.start!();
    ctx.clock.advance(3_600_000);
    for (const key of ['tmp/a', 'kept']) await service.putObject('old', key, Buffer.from('x'));
    await client.send(new s3.CreateMultipartUploadCommand({ Bucket: 'old', Key: 'u' }));
    const keys = async () =>
      (await client.send(new s3.ListObjectsV2Command({ Bucket: 'old' }))).Contents!.map(({ Key }) => Key);
    ctx.clock.advance(2 * day);
    expect(await keys()).toEqual(['kept', 'tmp/a']);
    ctx.clock.advance(day);
    expect(await keys()).toEqual(['kept']);
    expect((await client.send(new s3.ListMultipartUploadsCommand({ Bucket: 'old' }))).Uploads).toBeUndefined();
    await service.stop!();
    expect(ctx.clock.pending).toBe(0);
  });
  it('by tag are refused', async () => {
    const LifecycleConfiguration = { Rules: [{ Status: 'Enabled', TagFilters: [] }] };
    await expect(createResource(service, 'AWS::S3::Bucket', 'T', { LifecycleConfiguration })).rejects.toThrow(
      'by tag or size',
    );
  });
});

describe('the service', () => {
  it('finds the bucket in the host name', async () => {
    await put('k', 'v');
    const request = awsRequest({ method: 'GET', path: '/k', headers: { host: `${Bucket}.localhost:4566` }, body: '' });
    expect((await service.handle!(request)).body).toEqual(Buffer.from('v'));
  });
  it('writes for other services and bills by kind of request', async () => {
    await service.putObject(Bucket, 'k', Buffer.from('v'));
    await get('k');
    await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(ctx.meter.units('s3.putPerMillion')).toBe(1);
    expect(ctx.meter.units('s3.getPerMillion')).toBe(1);
  });
  it('creates and deletes buckets, empty ones only', async () => {
    await client.send(new s3.CreateBucketCommand({ Bucket: 'other' }));
    await service.putObject('other', 'k', Buffer.from('v'));
    await expect(client.send(new s3.DeleteBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
    await client.send(new s3.DeleteObjectCommand({ Bucket: 'other', Key: 'k' }));
    await client.send(new s3.DeleteBucketCommand({ Bucket: 'other' }));
    await expect(client.send(new s3.HeadBucketCommand({ Bucket: 'other' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
  it('says what it does not play', async () => {
    await put('k');
    await expect(client.send(new s3.GetObjectAclCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    const declared = createResource(service, 'AWS::S3::Bucket', 'N', { NotificationConfiguration: {} });
    await expect(declared).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
  it('keeps objects over a restart', async () => {
    await stop();
    const dataDir = mkdtempSync(join(tmpdir(), 's3-'));
    try {
      ctx = createFakeContext({ dataDir });
      await start();
      await put('kept/ü', '0123456789', { Metadata: { a: 'b' } });
      await put('gone');
      await client.send(new s3.DeleteObjectCommand({ Bucket, Key: 'gone' }));
      await stop();
      await start();
      expect(await text('kept/ü', { Range: 'bytes=3-4' })).toBe('34');
      expect((await get('kept/ü')).Metadata).toEqual({ a: 'b' });
      await expect(get('gone')).rejects.toThrow(s3.NoSuchKey);
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
