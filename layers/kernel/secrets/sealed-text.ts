/**
 * Secrets at rest: sealed with a KMS key under an encryption context, so that a sealed text copied to another row or
 * tenant does not open. Opened texts are kept in memory for a while: work at high rate makes no KMS call per message.
 */
import type { KMSClient } from '@aws-sdk/client-kms';
import { keyId } from '../config/resource-names.ts';

/** What the text belongs to, e.g. `{ tenantId, webhookId, field }`; shown in CloudTrail, so never secret itself. */
export type SealContext = Record<string, string>;

/** KMS encrypts 4,096 bytes itself; larger texts would need an envelope. */
const maxBytes = 4096;
const openedMs = 10 * 60_000;
const maxOpened = 5000;

/** Loaded when a secret is first touched: most requests touch none, and a cold start should not wait for it. */
const loadSdk = () => import('@aws-sdk/client-kms');
let client: KMSClient | undefined;
const opened = new Map<string, { text: Promise<string>; until: number }>();

/** @param key logical name of the KMS key. @returns base64 */
export async function sealText(key: string, context: SealContext, text: string): Promise<string> {
  if (Buffer.byteLength(text) > maxBytes) throw new RangeError(`A sealed text holds at most ${maxBytes} bytes.`);
  const { EncryptCommand, KMSClient } = await loadSdk();
  client ??= new KMSClient({});
  const { CiphertextBlob } = await client.send(
    new EncryptCommand({ KeyId: keyId(key), Plaintext: Buffer.from(text), EncryptionContext: context }),
  );
  return Buffer.from(CiphertextBlob!).toString('base64');
}

export function openText(key: string, context: SealContext, sealed: string): Promise<string> {
  const now = Date.now();
  const cacheKey = `${sealed} ${JSON.stringify(context)}`;
  const known = opened.get(cacheKey);
  if (known && known.until > now) return known.text;
  if (opened.size >= maxOpened) opened.delete(opened.keys().next().value!);
  const text = decrypt(key, context, sealed);
  opened.set(cacheKey, { text, until: now + openedMs });
  text.catch(() => opened.delete(cacheKey));
  return text;
}

async function decrypt(key: string, context: SealContext, sealed: string): Promise<string> {
  const { DecryptCommand, KMSClient } = await loadSdk();
  client ??= new KMSClient({});
  const { Plaintext } = await client.send(
    new DecryptCommand({
      KeyId: keyId(key),
      CiphertextBlob: Buffer.from(sealed, 'base64'),
      EncryptionContext: context,
    }),
  );
  return Buffer.from(Plaintext!).toString('utf8');
}
