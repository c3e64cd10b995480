/**
 * Files of a domain's bucket go between the caller and S3 by presigned URL, never through a function. An upload is signed
 * for one key, type, length and, where it is known, checksum, so that S3 itself refuses everything else.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { bucketName, isEndpointOverridden } from '../config/resource-names.ts';

/** Loaded with the first URL, so that no cold start waits for it. */
const loadSdk = async () => ({
  ...(await import('@aws-sdk/client-s3')),
  ...(await import('@aws-sdk/s3-request-presigner')),
});
let client: S3Client | undefined;

async function sdk() {
  const loaded = await loadSdk();
  client ??= new loaded.S3Client({
    forcePathStyle: isEndpointOverridden(),
    // The SDK would sign the checksum of the body it sees, which is empty when a URL is signed.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { ...loaded, client };
}

export interface SignedUpload {
  method: 'PUT';
  url: string;
  /** To be sent exactly so. */
  headers: Record<string, string>;
  /** Seconds. */
  expiresIn: number;
}

/** @param file `sha256` in hexadecimal; S3 refuses other bytes then. The function needs `write` on the bucket. */
export async function signUpload(
  bucket: string,
  file: { key: string; contentType: string; sizeBytes: number; sha256?: string },
  expiresIn = 900,
): Promise<SignedUpload> {
  const { client, PutObjectCommand, getSignedUrl } = await sdk();
  const checksum = file.sha256 === undefined ? undefined : Buffer.from(file.sha256, 'hex').toString('base64');
  const headers: Record<string, string> = {
    'content-type': file.contentType,
    'content-length': String(file.sizeBytes),
    ...(checksum === undefined ? {} : { 'x-amz-checksum-sha256': checksum }),
  };
  const command = new PutObjectCommand({
    Bucket: bucketName(bucket),
    Key: file.key,
    ContentType: file.contentType,
    ContentLength: file.sizeBytes,
    ...(checksum === undefined ? {} : { ChecksumSHA256: checksum }),
  });
  const url = await getSignedUrl(client, command, {
    expiresIn,
    signableHeaders: new Set(['host', ...Object.keys(headers)]),
    unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
  });
  return { method: 'PUT', url, headers, expiresIn };
}

/** The function needs `read` on the bucket. @param expiresIn seconds; never longer than the function's own credentials live */
export async function signDownload(bucket: string, key: string, expiresIn = 900): Promise<string> {
  const { client, GetObjectCommand, getSignedUrl } = await sdk();
  return getSignedUrl(client, new GetObjectCommand({ Bucket: bucketName(bucket), Key: key }), { expiresIn });
}

/** Length and, when S3 checked one, SHA-256 in hexadecimal of an object; undefined when there is none. Needs `read`. */
export async function describeObject(
  bucket: string,
  key: string,
): Promise<{ sizeBytes: number; sha256: string | undefined } | undefined> {
  const { client, HeadObjectCommand } = await sdk();
  try {
    const found = await client.send(
      new HeadObjectCommand({ Bucket: bucketName(bucket), Key: key, ChecksumMode: 'ENABLED' }),
    );
    const sum = found.ChecksumSHA256;
    return {
      sizeBytes: found.ContentLength ?? 0,
      sha256: sum === undefined ? undefined : Buffer.from(sum, 'base64').toString('hex'),
    };
  } catch (error) {
    if ((error as { name?: string }).name === 'NotFound') return undefined;
    throw error;
  }
}

/** The bytes of an object; undefined when there is none. Needs `read`. */
export async function readObject(bucket: string, key: string): Promise<Uint8Array | undefined> {
  const { client, GetObjectCommand } = await sdk();
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucketName(bucket), Key: key }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if ((error as { name?: string }).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** Puts an object that came in a request and needs no upload of its own. Needs `write`. */
export async function writeObject(bucket: string, key: string, body: string, contentType: string): Promise<void> {
  const { client, PutObjectCommand } = await sdk();
  await client.send(
    new PutObjectCommand({ Bucket: bucketName(bucket), Key: key, Body: body, ContentType: contentType }),
  );
}

/** Takes an object away; one that is not there is none the less gone. Needs `write`. */
export async function deleteObject(bucket: string, key: string): Promise<void> {
  const { client, DeleteObjectCommand } = await sdk();
  await client.send(new DeleteObjectCommand({ Bucket: bucketName(bucket), Key: key }));
}
