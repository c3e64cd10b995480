/**
 * Secrets of endpoints: made here, sealed with KMS under the tenant, the endpoint and the field they belong to, opened
 * once per function instance and kept as parsed keys.
 */
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import { createSigner, type Signer } from '../../../layers/webhooks/signing.ts';
import type { Webhook } from './webhook-entity.ts';

const key = 'secrets';
type Field = 'secretKey' | 'headers';

const context = (tenantId: string, webhookId: string, field: Field) => ({ tenantId, webhookId, field });

export const sealSecret = (tenantId: string, webhookId: string, secret: string): Promise<string> =>
  sealText(key, context(tenantId, webhookId, 'secretKey'), secret);

export const openSecret = (tenantId: string, webhookId: string, sealed: string): Promise<string> =>
  openText(key, context(tenantId, webhookId, 'secretKey'), sealed);

export const sealHeaders = (tenantId: string, webhookId: string, headers: Record<string, string>): Promise<string> =>
  sealText(key, context(tenantId, webhookId, 'headers'), JSON.stringify(headers));

const signers = new Map<string, Signer>();
const parsedHeaders = new Map<string, Record<string, string>>();
const maxKept = 5000;

/** The keys that sign now: the current one, and the one before during a rotation. */
export async function signersOf(tenantId: string, webhook: Webhook, nowMs: number): Promise<Signer[]> {
  const { secretKey, previousSecret } = webhook;
  const current = signers.get(secretKey) ?? (await loadSigner(tenantId, webhook.id, secretKey));
  if (previousSecret === undefined || Date.parse(previousSecret.validUntil) <= nowMs) return [current];
  const { sealed } = previousSecret;
  return [current, signers.get(sealed) ?? (await loadSigner(tenantId, webhook.id, sealed))];
}

async function loadSigner(tenantId: string, webhookId: string, sealed: string): Promise<Signer> {
  const signer = createSigner(await openSecret(tenantId, webhookId, sealed));
  if (signers.size >= maxKept) signers.clear();
  signers.set(sealed, signer);
  return signer;
}

/** The additional headers of an endpoint. */
export async function headersOf(tenantId: string, webhook: Webhook): Promise<Record<string, string>> {
  const { sealedHeaders } = webhook;
  if (sealedHeaders === undefined) return {};
  const known = parsedHeaders.get(sealedHeaders);
  if (known) return known;
  const text = await openText(key, context(tenantId, webhook.id, 'headers'), sealedHeaders);
  const headers = JSON.parse(text) as Record<string, string>;
  if (parsedHeaders.size >= maxKept) parsedHeaders.clear();
  parsedHeaders.set(sealedHeaders, headers);
  return headers;
}
