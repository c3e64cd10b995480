/** Ranges and conditional requests. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html */
import { AwsError } from '../../runtime/types.ts';
import type { ObjectMetadata } from './object-store.ts';

/** True when the reader's copy is still good. @throws AwsError PreconditionFailed */
export function checkReadConditions(headers: Record<string, string>, { etag, lastModified }: ObjectMetadata): boolean {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  const modifiedSince = Date.parse(headers['if-modified-since'] ?? '');
  const unmodifiedSince = Date.parse(headers['if-unmodified-since'] ?? '');
  const seconds = Math.floor(lastModified / 1_000) * 1_000;
  if (ifMatch !== undefined && !listed(ifMatch, etag)) throw failed('If-Match');
  if (ifMatch === undefined && seconds > unmodifiedSince) throw failed('If-Unmodified-Since');
  return ifNoneMatch === undefined ? seconds <= modifiedSince : listed(ifNoneMatch, etag);
}

/** `If-None-Match: *` writes only what does not exist, `If-Match` only over a known version. */
export function checkWriteConditions(headers: Record<string, string>, existing: ObjectMetadata | undefined): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifNoneMatch === '*' && existing !== undefined) throw failed('If-None-Match');
  if (ifMatch === undefined) return;
  if (existing === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!listed(ifMatch, existing.etag)) throw failed('If-Match');
}

/** The half-open range that a Range header asks for; undefined for the whole (several ranges are not served apart). */
export function byteRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size : Math.min(size, Number(match[2]) + 1);
  if (start >= size || start >= end)
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, { ActualObjectSize: size });
  return { start, end };
}

function listed(header: string, etag: string): boolean {
  return header
    .split(',')
    .some(
      (each) => each.trim() === '*' || each.trim().replace(/^W\//, '').replaceAll('"', '') === etag.replaceAll('"', ''),
    );
}

function failed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });
}
