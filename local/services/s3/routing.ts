/** Finds the operation of a request from its method, address and query, as the REST API defines them. */
import { AwsError, type AwsRequest, type AwsResponse, type Clock } from '../../runtime/types.ts';
import { readUpload } from './body.ts';
import type { Bucket, Buckets } from './buckets.ts';
import { preflight } from './cors.ts';
import { listObjectsV2 } from './listing.ts';
import { byteRange } from './object-conditions.ts';
import {
  copyObject,
  getObject,
  getTagging,
  keptHeaders,
  putObject,
  putTagging,
  sourceOf,
  storeObject,
} from './object-operations.ts';
import { postForm } from './post-form.ts';
import { type XmlContent, xmlDocument, xmlElements, xmlText } from './xml.ts';

/** Bucket and key from the path, or the bucket from the host name `<bucket>.[s3.…]localhost`. */
export function addressOf({ path, headers }: AwsRequest): { bucketName: string; key: string } {
  const host = /^(.+?)\.(?:s3(?:[.-][a-z0-9-]+)*\.)?(?:localhost|amazonaws\.com)(?::\d+)?$/.exec(headers['host'] ?? '');
  const name = host?.[1];
  if (name !== undefined && name !== 's3' && !name.startsWith('s3.')) return { bucketName: name, key: path.slice(1) };
  const slash = path.indexOf('/', 1);
  return slash < 0
    ? { bucketName: path.slice(1), key: '' }
    : { bucketName: path.slice(1, slash), key: path.slice(slash + 1) };
}

export async function routeRequest(request: AwsRequest, buckets: Buckets, clock: Clock): Promise<AwsResponse> {
  const { bucketName, key } = addressOf(request);
  const { method, headers } = request;
  if (bucketName === '') {
    const list = buckets.names().map((Name) => ({ Name }));
    return xml('ListAllMyBucketsResult', { Buckets: { Bucket: list } });
  }
  if (method === 'OPTIONS') return preflight(buckets.find(bucketName).corsRules, request);
  if (method === 'POST' && headers['content-type']?.startsWith('multipart/form-data'))
    return await postForm(buckets.find(bucketName), request, clock);
  if (key === '') return await onBucket(request, bucketName, buckets);
  return await onObject(request, buckets.find(bucketName), key, buckets, clock);
}

async function onBucket(request: AwsRequest, name: string, buckets: Buckets): Promise<AwsResponse> {
  const { method, query } = request;
  if (method === 'PUT' && noSubresource(query)) {
    if (buckets.has(name))
      throw new AwsError('BucketAlreadyOwnedByYou', 'The bucket already exists and is owned by you.', 409);
    buckets.open(name);
    return { status: 200, headers: { location: `/${name}` } };
  }
  const bucket = buckets.find(name);
  if (method === 'HEAD') return { status: 200 };
  if (method === 'DELETE' && noSubresource(query)) {
    buckets.delete(name);
    return { status: 204 };
  }
  if (method === 'GET' && query.get('list-type') === '2') return xmlText200(listObjectsV2(bucket, query));
  if (method === 'GET' && query.has('location')) return xml('LocationConstraint', '');
  if (method === 'GET' && query.has('uploads')) {
    const uploads = bucket.uploads.all().map(({ key, uploadId }) => ({ Key: key, UploadId: uploadId }));
    return xml('ListMultipartUploadsResult', { Bucket: name, IsTruncated: false, Upload: uploads });
  }
  if (method === 'POST' && query.has('delete'))
    return await deleteObjects(bucket, readUpload(request).bytes.toString('utf8'));
  throw notPlayed(request);
}

async function onObject(
  request: AwsRequest,
  bucket: Bucket,
  key: string,
  buckets: Buckets,
  clock: Clock,
): Promise<AwsResponse> {
  const { method, query, headers } = request;
  const uploadId = query.get('uploadId');
  if (uploadId !== null) return await onUpload(request, bucket, key, uploadId, buckets, clock);
  if (method === 'POST' && query.has('uploads'))
    return xml('InitiateMultipartUploadResult', {
      Bucket: bucket.name,
      Key: key,
      UploadId: bucket.uploads.begin(key, keptHeaders(headers), clock.now()),
    });
  if (query.has('tagging') && method === 'GET') return getTagging(bucket, key);
  if (query.has('tagging') && method === 'PUT') return await putTagging(bucket, key, request);
  if (['acl', 'legal-hold', 'retention', 'torrent', 'attributes', 'versionId'].some((name) => query.has(name)))
    throw notPlayed(request);
  if (method === 'GET' || method === 'HEAD') return await getObject(bucket, key, request);
  if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined)
    return await copyObject(buckets, bucket, key, request, clock);
  if (method === 'PUT') return await putObject(bucket, key, request, clock);
  if (method === 'DELETE') {
    await bucket.objects.delete(key);
    return { status: 204 };
  }
  throw notPlayed(request);
}

async function onUpload(
  request: AwsRequest,
  bucket: Bucket,
  key: string,
  uploadId: string,
  buckets: Buckets,
  clock: Clock,
): Promise<AwsResponse> {
  const { method, query, headers } = request;
  const { uploads } = bucket;
  if (method === 'PUT') {
    const source = headers['x-amz-copy-source'];
    if (source === undefined) {
      const { bytes, checksums } = readUpload(request);
      return {
        status: 200,
        headers: { etag: uploads.putPart(uploadId, key, Number(query.get('partNumber')), bytes), ...checksums },
      };
    }
    const from = sourceOf(buckets, source);
    const { start, end } = byteRange(headers['x-amz-copy-source-range'], from.metadata.size) ?? {
      start: 0,
      end: from.metadata.size,
    };
    const bytes = await from.bucket.objects.read(from.metadata, start, end);
    const ETag = uploads.putPart(uploadId, key, Number(query.get('partNumber')), bytes);
    return xml('CopyPartResult', { ETag, LastModified: new Date(clock.now()).toISOString() });
  }
  if (method === 'POST') {
    const parts = xmlElements(request.body.toString('utf8'), 'Part').map((part) => ({
      partNumber: Number(xmlText(part, 'PartNumber')),
      etag: xmlText(part, 'ETag') ?? '',
    }));
    const { bytes, etag, headers: kept } = uploads.complete(uploadId, key, parts);
    await storeObject(bucket, key, bytes, clock, { etag, headers: kept });
    return xml('CompleteMultipartUploadResult', { Bucket: bucket.name, Key: key, ETag: etag });
  }
  if (method === 'DELETE') {
    uploads.abort(uploadId, key);
    return { status: 204 };
  }
  if (method !== 'GET') throw notPlayed(request);
  const list = uploads
    .parts(uploadId, key)
    .map(({ partNumber, etag, bytes }) => ({ PartNumber: partNumber, ETag: etag, Size: bytes.length }));
  return xml('ListPartsResult', { Bucket: bucket.name, Key: key, UploadId: uploadId, IsTruncated: false, Part: list });
}

async function deleteObjects(bucket: Bucket, body: string): Promise<AwsResponse> {
  const keys = xmlElements(body, 'Object').map((object) => xmlText(object, 'Key') ?? '');
  if (keys.length > 1000) throw new AwsError('MalformedXML', 'At most 1000 keys can be deleted at once.');
  for (const key of keys) await bucket.objects.delete(key);
  return xml('DeleteResult', { Deleted: xmlText(body, 'Quiet') === 'true' ? [] : keys.map((Key) => ({ Key })) });
}

/** Query parameters of the SDK and of signatures do not choose an operation. */
function noSubresource(query: URLSearchParams): boolean {
  return [...query.keys()].every((name) => name === 'x-id' || name.startsWith('X-Amz-'));
}

function xml(root: string, content: XmlContent): AwsResponse {
  return xmlText200(xmlDocument(root, content));
}

function xmlText200(body: string): AwsResponse {
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function notPlayed({ method, path, query }: AwsRequest): AwsError {
  return new AwsError('NotImplemented', `S3 ${method} ${path}?${query} is not played locally.`, 501);
}
