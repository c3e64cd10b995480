/**
 * Secrets of endpoints: made here, sealed with KMS under the tenant, the endpoint and the field they belong to, opened
 * once per function instance and kept as parsed keys.
 */
import { openText, sealText } from '../../../layers/kernel/secrets/sealed-text.ts';
import { createSigner, type Signer } from '../../../layers/webhooks/signing.ts';
import type { PreviousSecret, Webhook } from './webhook-entity.ts';

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

/** Secrets before the current one whose time is not over, newest first. */
export const previousSecretsOf = ({ previousSecrets = [] }: Webhook, nowMs: number): PreviousSecret[] =>
  previousSecrets.filter(({ validUntil }) => Date.parse(validUntil) > nowMs);

/** Until when a secret before the current one signs; null when none does. */
export function previousSecretValidUntil(webhook: Webhook, nowMs: number): string | null {
  const times = previousSecretsOf(webhook, nowMs).map(({ validUntil }) => validUntil);
  return times.sort().at(-1) ?? null;
}

/** The keys that sign now: the current one, and those before while their rotations overlap. */
export async function signersOf(tenantId: string, webhook: Webhook, nowMs: number): Promise<Signer[]> {
  const sealed = [webhook.secretKey, ...previousSecretsOf(webhook, nowMs).map((previous) => previous.sealed)];
  return Promise.all(sealed.map((one) => signers.get(one) ?? loadSigner(tenantId, webhook.id, one)));
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
