/** What can be done with one object. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
import { createHash } from 'node:crypto';
import { AwsError, type AwsRequest, type AwsResponse, type Clock } from '../../runtime/types.ts';
import { readUpload } from './body.ts';
import type { Bucket, Buckets } from './buckets.ts';
import { byteRange, checkReadConditions, checkWriteConditions } from './object-conditions.ts';
import type { ObjectMetadata } from './object-store.ts';
import { xmlDocument, xmlElements, xmlText } from './xml.ts';

const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

/** Stores an object and gives its metadata. */
export async function storeObject(
  bucket: Bucket,
  key: string,
  body: Buffer,
  clock: Clock,
  more: Partial<ObjectMetadata> = {},
): Promise<ObjectMetadata> {
  const metadata: ObjectMetadata = {
    key,
    size: body.length,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    lastModified: clock.now(),
    headers: { 'content-type': 'binary/octet-stream' },
    checksums: {},
    tags: {},
    ...more,
  };
  await bucket.objects.put(metadata, body);
  return metadata;
}

export async function putObject(bucket: Bucket, key: string, request: AwsRequest, clock: Clock): Promise<AwsResponse> {
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  checkWriteConditions(request.headers, bucket.objects.get(key));
  const { bytes, checksums } = readUpload(request);
  const { etag } = await storeObject(bucket, key, bytes, clock, {
    headers: keptHeaders(request.headers),
    tags: Object.fromEntries(new URLSearchParams(request.headers['x-amz-tagging'] ?? '')),
    checksums,
  });
  return { status: 200, headers: { etag, ...checksums } };
}

export async function getObject(bucket: Bucket, key: string, request: AwsRequest): Promise<AwsResponse> {
  const metadata = findObject(bucket, key);
  const notModified = checkReadConditions(request.headers, metadata);
  if (notModified) return { status: 304, headers: { etag: metadata.etag } };
  const range = byteRange(request.headers['range'], metadata.size);
  const headers: Record<string, string> = {
    ...metadata.headers,
    ...responseOverrides(request.query),
    etag: metadata.etag,
    'last-modified': new Date(metadata.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'content-length': String(range === undefined ? metadata.size : range.end - range.start),
    ...(range === undefined && request.headers['x-amz-checksum-mode'] === 'ENABLED' ? metadata.checksums : {}),
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end - 1}/${metadata.size}` }),
  };
  const status = range === undefined ? 200 : 206;
  if (request.method === 'HEAD') return { status, headers };
  const { start, end } = range ?? { start: 0, end: metadata.size };
  return { status, headers, body: await bucket.objects.read(metadata, start, end) };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export async function copyObject(
  buckets: Buckets,
  bucket: Bucket,
  key: string,
  request: AwsRequest,
  clock: Clock,
): Promise<AwsResponse> {
  const source = sourceOf(buckets, request.headers['x-amz-copy-source']!);
  const replace = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  if (!replace && source.bucket === bucket && source.metadata.key === key)
    throw new AwsError(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing it.',
    );
  const { headers, checksums, tags, size } = source.metadata;
  const body = await source.bucket.objects.read(source.metadata, 0, size);
  const copied = await storeObject(bucket, key, body, clock, {
    headers: replace ? keptHeaders(request.headers) : headers,
    checksums,
    tags,
  });
  const result = { ETag: copied.etag, LastModified: new Date(copied.lastModified).toISOString() };
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument('CopyObjectResult', result) };
}

/** An object named as `[/]bucket/key`, URL-encoded. */
export function sourceOf(buckets: Buckets, header: string): { bucket: Bucket; metadata: ObjectMetadata } {
  const source = decodeURIComponent(header)
    .replace(/^\//, '')
    .replace(/\?versionId=.*$/, '');
  const slash = source.indexOf('/');
  const bucket = buckets.find(source.slice(0, slash));
  return { bucket, metadata: findObject(bucket, source.slice(slash + 1)) };
}

export function getTagging(bucket: Bucket, key: string): AwsResponse {
  const tags = Object.entries(findObject(bucket, key).tags).map(([Key, Value]) => ({ Key, Value }));
  const body = xmlDocument('Tagging', { TagSet: { Tag: tags } });
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

export async function putTagging(bucket: Bucket, key: string, request: AwsRequest): Promise<AwsResponse> {
  const metadata = findObject(bucket, key);
  const tags = xmlElements(request.body.toString('utf8'), 'Tag').map((tag) => [
    xmlText(tag, 'Key'),
    xmlText(tag, 'Value'),
  ]);
  const body = await bucket.objects.read(metadata, 0, metadata.size);
  await bucket.objects.put({ ...metadata, tags: Object.fromEntries(tags) }, body);
  return { status: 200 };
}

function findObject(bucket: Bucket, key: string): ObjectMetadata {
  const metadata = bucket.objects.get(key);
  if (metadata === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
  return metadata;
}

/** System and user metadata that a GET gives back; the transfer encoding of the upload is not among it. */
export function keptHeaders(headers: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-encoding') {
      const rest = value
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== 'aws-chunked' && each !== '');
      if (rest.length > 0) kept[name] = rest.join(',');
    } else if (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  return kept;
}

/** `response-content-disposition` and its like in the query of a (presigned) GET. */
function responseOverrides(query: URLSearchParams): Record<string, string> {
  const overrides = [...query].filter(([name]) => name.startsWith('response-'));
  return Object.fromEntries(overrides.map(([name, value]) => [name.slice('response-'.length), value]));
}
