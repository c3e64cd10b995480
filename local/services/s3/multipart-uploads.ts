/**
 * Uploads in parts, kept in memory until they are completed.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
 */
import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;

export interface Part {
  partNumber: number;
  etag: string;
  bytes: Buffer;
}

interface Upload {
  key: string;
  headers: Record<string, string>;
  /** Milliseconds since the epoch. */
  begunAt: number;
  parts: Map<number, Part>;
}

export class MultipartUploads {
  readonly #uploads = new Map<string, Upload>();

  begin(key: string, headers: Record<string, string>, begunAt: number): string {
    const uploadId = randomUUID();
    this.#uploads.set(uploadId, { key, headers, begunAt, parts: new Map() });
    return uploadId;
  }

  /** @returns the part's ETag */
  putPart(uploadId: string, key: string, partNumber: number, bytes: Buffer): string {
    if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
      throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    this.find(uploadId, key).parts.set(partNumber, { partNumber, etag, bytes });
    return etag;
  }

  /** Joins the named parts; the ETag is the digest of the parts' digests with their count. */
  complete(uploadId: string, key: string, wanted: { partNumber: number; etag: string }[]) {
    const { parts, headers } = this.find(uploadId, key);
    if (wanted.length === 0) throw new AwsError('MalformedXML', 'The upload has no parts.');
    if (wanted.some(({ partNumber }, index) => index > 0 && partNumber <= wanted[index - 1]!.partNumber))
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
    const chosen = wanted.map(({ partNumber, etag }, index) => {
      const part = parts.get(partNumber);
      if (part === undefined || part.etag.replaceAll('"', '') !== etag.replaceAll('"', ''))
        throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
      if (index < wanted.length - 1 && part.bytes.length < MIN_PART_BYTES)
        throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      return part;
    });
    this.#uploads.delete(uploadId);
    const digests = Buffer.concat(chosen.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex')));
    const etag = `"${createHash('md5').update(digests).digest('hex')}-${chosen.length}"`;
    return { bytes: Buffer.concat(chosen.map(({ bytes }) => bytes)), etag, headers };
  }

  abort(uploadId: string, key: string): void {
    this.find(uploadId, key);
    this.#uploads.delete(uploadId);
  }

  parts(uploadId: string, key: string): Part[] {
    return [...this.find(uploadId, key).parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  }

  all(): { uploadId: string; key: string; begunAt: number }[] {
    return [...this.#uploads].map(([uploadId, { key, begunAt }]) => ({ uploadId, key, begunAt }));
  }

  find(uploadId: string, key: string): Upload {
    const upload = this.#uploads.get(uploadId);
    if (upload === undefined || upload.key !== key)
      throw new AwsError('NoSuchUpload', 'The specified upload does not exist.', 404);
    return upload;
  }
}
