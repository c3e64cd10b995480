/**
 * Secrets of any length at rest: each is encrypted with a data key of its own (AES-256-GCM, NIST SP 800-38D), and the data
 * key is sealed by KMS. Both are bound to what the secret belongs to, so a sealed text copied to another row or tenant
 * does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { openText, type SealContext, sealText } from './sealed-text.ts';

const algorithm = 'aes-256-gcm';
const version = 'e1';

/** @param key logical name of the KMS key. @returns `e1.<sealed data key>.<nonce>.<tag>.<text>` */
export async function sealEnvelope(key: string, context: SealContext, text: string): Promise<string> {
  const dataKey = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv(algorithm, dataKey, nonce).setAAD(contextBytes(context));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const sealedKey = await sealText(key, context, dataKey.toString('base64'));
  return [version, sealedKey, ...[nonce, cipher.getAuthTag(), encrypted].map((part) => part.toString('base64'))].join(
    '.',
  );
}

/** @throws Error when it was sealed for something else, or changed */
export async function openEnvelope(key: string, context: SealContext, sealed: string): Promise<string> {
  const [given, sealedKey, nonce, tag, encrypted] = sealed.split('.');
  if (given !== version || sealedKey === undefined || encrypted === undefined)
    throw new Error('Not a sealed envelope.');
  const dataKey = Buffer.from(await openText(key, context, sealedKey), 'base64');
  const bytes = (part: string | undefined): Buffer => Buffer.from(part ?? '', 'base64');
  const decipher = createDecipheriv(algorithm, dataKey, bytes(nonce), { authTagLength: 16 })
    .setAAD(contextBytes(context))
    .setAuthTag(bytes(tag));
  return Buffer.concat([decipher.update(bytes(encrypted)), decipher.final()]).toString('utf8');
}

const contextBytes = (context: SealContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
