/**
 * A webhook endpoint of a tenant, and its health. The endpoint changes when people change it; its health changes with
 * deliveries, so it is a row of its own. All endpoints of a tenant share a partition: they are few, change rarely, and
 * are read together and consistently by the dispatcher, so that a new one matches at once.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { DisableReason } from '../../../layers/webhooks/endpoint-health.ts';
import type { PayloadFilter } from '../../../layers/webhooks/payload-filter.ts';
import type { SignatureScheme } from '../../../layers/webhooks/signing.ts';

export interface Webhook {
  id: string;
  name: string;
  description?: string;
  url: string;
  subscribedEvents: string[];
  filter?: PayloadFilter;
  /** Names of the additional headers; their values are sealed together. */
  headerNames: string[];
  sealedHeaders?: string;
  isActive: boolean;
  timeoutSeconds: number;
  maxRetries: number;
  batch?: { maxEvents: number; maxWaitSeconds: number };
  ordering: 'none' | 'aggregate';
  rateLimitPerSecond?: number;
  signature: SignatureScheme;
  /** The documented `secret_key`, sealed. */
  secretKey: string;
  /** Secrets before, newest first, each valid for its own while beside the new one; those whose time is over may still stand here. */
  previousSecrets?: PreviousSecret[];
  disabledReason?: DisableReason | 'manual';
  disabledAt?: string;
  createdBy: string;
}

export interface PreviousSecret {
  sealed: string;
  /** ISO 8601. */
  validUntil: string;
}

export type StoredWebhook = Webhook & Stored;

export const webhooksPartition = ['WEBHOOKS'] as const;

export const webhookEntity = defineEntity<Webhook>()({
  name: 'webhook',
  table: 'platform',
  key: ({ id }) => ({ pk: webhooksPartition, sk: [id] }),
  idOf: ({ id }) => id,
  secretAttributes: ['secretKey', 'previousSecrets', 'sealedHeaders'],
});

/** More endpoints than this would slow the dispatch of every event of the tenant. */
export const maxWebhooksPerTenant = 200;

export interface WebhookHealth {
  id: string;
  lastTriggeredAt?: string;
  lastStatus?: 'success' | 'failed';
  consecutiveFailures?: number;
  exhaustedInARow?: number;
  /** ISO 8601; absent while healthy. */
  failingSince?: string;
}

export const webhookHealthEntity = defineEntity<WebhookHealth>()({
  name: 'webhook health',
  table: 'platform',
  key: ({ id }) => ({ pk: ['WEBHOOK-HEALTH', id], sk: ['HEALTH'] }),
  idOf: ({ id }) => id,
});

/** Counts of one endpoint in one hour. */
export interface WebhookHour {
  webhookId: string;
  /** `2026-01-01T08` */
  hour: string;
  successes?: number;
  failures?: number;
  exhausted?: number;
  durationMs?: number;
  /** Attempts by duration: `d100` took up to 100 ms … `dInf` longer than 10 s. */
  d100?: number;
  d300?: number;
  d1000?: number;
  d3000?: number;
  d10000?: number;
  dInf?: number;
}

export const webhookHourEntity = defineEntity<WebhookHour, { webhookId: string; hour: string }>()({
  name: 'webhook hour',
  table: 'platform',
  key: ({ webhookId, hour }) => ({ pk: ['WEBHOOK-HOURS', webhookId], sk: [hour] }),
  idOf: ({ webhookId }) => webhookId,
});
