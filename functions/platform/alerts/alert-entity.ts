/** An alert (the documented `system_alerts`), and the key under which it is open. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import type { alertSeverities, alertTypes } from '../events.ts';

export interface Alert {
  id: string;
  alertType: (typeof alertTypes)[number];
  severity: (typeof alertSeverities)[number];
  title: Translated;
  description?: string;
  sourceSystem: string;
  sourceRuleId?: string;
  alertData?: Record<string, unknown>;
  dedupeKey: string;
  status: 'active' | 'acknowledged' | 'resolved' | 'suppressed';
  /** How often it was raised while open, and when last. */
  occurrences: number;
  lastSeenAt: string;
  lastEventId: string;
  acknowledgedAt?: string;
  acknowledgedBy?: string;
  resolvedAt?: string;
  resolvedBy?: string;
  resolutionNotes?: string;
  suppressedUntil?: string;
  suppressedBy?: string;
  expiresAfterMinutes?: number;
  escalateAfterMinutes?: number;
  escalatedAt?: string;
  /** When it resolves itself. (`expiresAt` is what storage calls the end of a row.) */
  endsAt?: string;
}

export type StoredAlert = Alert & Stored;

export const alertsPartition = ['ALERTS'] as const;
export const alertsOfStatus = (status: Alert['status']) => ['ALERTS-OF-STATUS', status] as const;

export const alertEntity = defineEntity<Alert>()({
  name: 'alert',
  table: 'platform',
  key: ({ id }) => ({ pk: ['ALERT', id], sk: ['ALERT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: alertsPartition, sk: [id] }),
    gsi2: ({ id, status }) => ({ pk: alertsOfStatus(status), sk: [id] }),
  },
  idOf: ({ id }) => id,
});

/** The open alert of a key; gone when the alert is resolved. */
export interface OpenAlert {
  dedupeKey: string;
  alertId: string;
}

export const openAlertEntity = defineEntity<OpenAlert, { dedupeKey: string }>()({
  name: 'open alert',
  table: 'platform',
  key: ({ dedupeKey }) => ({ pk: ['OPEN-ALERT', dedupeKey], sk: ['OPEN-ALERT'] }),
  idOf: ({ dedupeKey }) => dedupeKey,
});
