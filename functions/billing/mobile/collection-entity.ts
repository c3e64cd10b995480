/**
 * Cash taken in the field. It is never dropped: what cannot be recorded as a payment at once is held for a person, since
 * the customer has paid and holds a receipt.
 */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { clockDoubts } from './device-clock.ts';
import { gpsSchema } from './operation-schema.ts';

export const collectionStatuses = ['recorded', 'held', 'voided'] as const;

export const collectionSchema = z.object({
  id: z.string(),
  /** The app’s id of it. */
  operationId: z.string(),
  collectorId: z.string(),
  routeId: z.string(),
  meterId: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  receiptNumber: z.string(),
  /** By the server’s clock. */
  takenAt: utcTime(),
  deviceTime: utcTime(),
  /** Why the device’s time is not believed. */
  clockDoubt: z.optional(z.enum(clockDoubts)),
  status: z.enum(collectionStatuses),
  paymentId: z.optional(z.string()),
  heldFor: z.optional(z.string()),
  gps: z.optional(gpsSchema),
  note: z.optional(z.string()),
  /** Who decided on one that was held, and why. */
  resolvedBy: z.optional(z.string()),
  resolution: z.optional(z.string()),
});
export const storedCollectionSchema = storedSchema(collectionSchema);
export type Collection = z.infer<typeof collectionSchema>;

export const collectionEntity = defineEntity<Collection>()({
  name: 'collection',
  table: 'billing',
  key: ({ id }) => ({ pk: ['FIELD-COLLECTION', id], sk: ['FIELD-COLLECTION'] }),
  indexes: {
    gsi1: ({ id, takenAt, status }) => ({ pk: ['FIELD-COLLECTIONS', status], sk: [takenAt, id] }),
    gsi2: ({ id, takenAt, collectorId }) => ({ pk: ['COLLECTIONS-OF', collectorId], sk: [takenAt, id] }),
  },
  idOf: ({ id }) => id,
});

/** Says whose a number on paper is. */
export const receiptNumberEntity = defineEntity<
  { receiptNumber: string; collectionId: string },
  { receiptNumber: string }
>()({
  name: 'receipt number',
  table: 'billing',
  key: ({ receiptNumber }) => ({ pk: ['FIELD-RECEIPT', receiptNumber], sk: ['FIELD-RECEIPT'] }),
  idOf: ({ receiptNumber }) => receiptNumber,
});

/** A collector without a row has no limit. */
export const collectorLimitSchema = z.object({
  userId: generatedId('usr'),
  currency: currency(),
  perCollection: z.optional(amount()),
  /** A local day. */
  perDay: z.optional(amount()),
  note: z.optional(label(300)),
});
export type CollectorLimit = z.infer<typeof collectorLimitSchema>;

export const collectorLimitEntity = defineEntity<CollectorLimit, Pick<CollectorLimit, 'userId' | 'currency'>>()({
  name: 'collector limit',
  table: 'billing',
  key: ({ userId, currency }) => ({ pk: ['COLLECTOR', userId], sk: ['LIMIT', currency] }),
  idOf: ({ userId, currency }) => `${userId} in ${currency}`,
});

/** What a collector took on a local day. */
export interface CollectorDay {
  userId: string;
  day: string;
  currency: string;
  /** Minor units, decimal text. */
  minor: string;
}

export const collectorDayEntity = defineEntity<CollectorDay, Omit<CollectorDay, 'minor'>>()({
  name: 'collector day',
  table: 'billing',
  key: ({ userId, day, currency }) => ({ pk: ['COLLECTOR', userId], sk: ['DAY', day, currency] }),
  idOf: ({ userId, day, currency }) => `${userId} ${day} ${currency}`,
});
