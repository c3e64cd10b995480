/**
 * The ciphertext blobs of symmetric keys: AES-256-GCM with the encryption context as additional
 * authenticated data. The blob names its key, so Decrypt needs no key id.
 *
 *   | version 1 | key id, 36 | iv, 12 | tag, 16 | ciphertext … |
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AwsError } from '../../runtime/types.ts';
import type { Key } from './keys.ts';

const VERSION = 1;
const HEADER_BYTES = 1 + 36 + 12 + 16;

export type EncryptionContext = Record<string, string>;

export function seal(key: Key, plaintext: Buffer, context: EncryptionContext = {}): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv);
  cipher.setAAD(authenticated(key.keyId, context));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(key.keyId), iv, cipher.getAuthTag(), ciphertext]);
}

/** The key that sealed a blob. */
export function keyIdOf(blob: Buffer): string {
  if (blob.length < HEADER_BYTES || blob[0] !== VERSION) throw invalid();
  return blob.toString('utf8', 1, 37);
}

/** @throws AwsError InvalidCiphertextException when blob, key or context do not belong together */
export function unseal(key: Key, blob: Buffer, context: EncryptionContext = {}): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), blob.subarray(37, 49));
  decipher.setAAD(authenticated(key.keyId, context));
  decipher.setAuthTag(blob.subarray(49, HEADER_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEADER_BYTES)), decipher.final()]);
  } catch {
    throw invalid();
  }
}

/** The order of the pairs does not matter, their case does. */
function authenticated(keyId: string, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([keyId, pairs]));
}

function invalid(): AwsError {
  // KMS gives no reason, so that nobody can probe.
  return new AwsError('InvalidCiphertextException', '');
}
