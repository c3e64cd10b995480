/**
 * The body of an upload: takes the aws-chunked encoding off and checks the digests that came with
 * it, as headers or as trailers (the SDKs send CRC32 by default).
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError, type AwsRequest } from '../../runtime/types.ts';

export interface UploadBody {
  bytes: Buffer;
  /** The `x-amz-checksum-*` values that were given and hold. */
  checksums: Record<string, string>;
}

export function readUpload({ headers, body }: AwsRequest): UploadBody {
  const chunked = (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { bytes, trailers } = chunked ? dechunk(body) : { bytes: body, trailers: {} };
  const expected = headers['x-amz-decoded-content-length'];
  if (chunked && expected !== undefined && Number(expected) !== bytes.length)
    throw new AwsError(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header.',
    );
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64'))
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  const checksums: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...headers, ...trailers })) {
    const algorithm = name.startsWith('x-amz-checksum-') ? name.slice('x-amz-checksum-'.length) : undefined;
    if (algorithm === undefined || algorithm === 'algorithm' || algorithm === 'mode' || algorithm === 'type') continue;
    const digest = DIGESTS[algorithm];
    if (digest === undefined)
      throw new AwsError('InvalidRequest', `The checksum algorithm ${algorithm} is not played locally.`);
    if (digest(bytes) !== value)
      throw new AwsError(
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    checksums[name] = value;
  }
  return { bytes, checksums };
}

const DIGESTS: Record<string, (bytes: Buffer) => string> = {
  crc32: (bytes) => base64Of(crc32(bytes)),
  crc32c: (bytes) => base64Of(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

/** `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n` until size 0, then trailers. */
function dechunk(body: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', position);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', position, lineEnd), 16);
    if (Number.isNaN(size) || lineEnd + 2 + size > body.length)
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly.');
    position = lineEnd + 2;
    if (size === 0) break;
    chunks.push(body.subarray(position, position + size));
    position += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (const line of body.toString('latin1', position).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum >>> 0);
  return bytes.toString('base64');
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** Castagnoli. */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC32C_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
