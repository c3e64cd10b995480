/** ListObjectsV2. @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
import { AwsError } from '../../runtime/types.ts';
import type { Bucket } from './buckets.ts';
import { type XmlContent, xmlDocument } from './xml.ts';

export function listObjectsV2(bucket: Bucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new AwsError('InvalidArgument', 'max-keys must be a number');
  const token = query.get('continuation-token');
  const after =
    token === null ? (query.get('start-after') ?? undefined) : Buffer.from(token, 'base64url').toString('utf8');
  const encode = query.get('encoding-type') === 'url' ? encodeKey : (key: string) => key;

  const contents: XmlContent[] = [];
  const commonPrefixes = new Set<string>();
  let last: string | undefined;
  let truncated = false;
  for (const key of bucket.objects.keys()) {
    if (!key.startsWith(prefix) || (after !== undefined && !isAfter(key, after, delimiter))) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
    if (group !== undefined && commonPrefixes.has(group)) continue;
    if (contents.length + commonPrefixes.size >= maxKeys) {
      truncated = true;
      break;
    }
    last = group ?? key;
    if (group !== undefined) commonPrefixes.add(group);
    else contents.push(describeObject(bucket, key, encode));
  }
  return xmlDocument('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    KeyCount: contents.length + commonPrefixes.size,
    IsTruncated: truncated,
    EncodingType: query.get('encoding-type') ?? undefined,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: truncated ? Buffer.from(last ?? '').toString('base64url') : undefined,
    StartAfter: query.get('start-after') ?? undefined,
    Contents: contents,
    CommonPrefixes: [...commonPrefixes].map((group) => ({ Prefix: encode(group) })),
  });
}

/** A group that ended the page before is over with everything in it. */
function isAfter(key: string, after: string, delimiter: string): boolean {
  if (delimiter !== '' && after.endsWith(delimiter) && key.startsWith(after)) return false;
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

function describeObject(bucket: Bucket, key: string, encode: (key: string) => string): XmlContent {
  const { lastModified, etag, size } = bucket.objects.get(key)!;
  return {
    Key: encode(key),
    LastModified: new Date(lastModified).toISOString(),
    ETag: etag,
    Size: size,
    StorageClass: 'STANDARD',
  };
}

function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}
