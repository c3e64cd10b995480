/** Events of work in the field. The money itself is told by `payment.received`. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { collectionSchema } from './collection-entity.ts';
import { fieldReadingSchema } from './reading-entity.ts';

const base = { source: 'billing', schemaVersion: 1 } as const;
const reader = 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS';

export const fieldReadingRecorded = defineEvent({
  ...base,
  type: 'field.reading_recorded',
  aggregateType: 'meter',
  summary: { en: 'Field staff read a meter.', ar: 'قرأ موظف ميداني عدادًا.' },
  payload: z.extend(fieldReadingSchema, {
    /** Another reading of the day, or the meter’s history, speaks against it. */
    isContested: z.boolean(),
    /** Which reading of the day stands now. */
    standingId: z.string(),
  }),
  example: {
    id: 'frd_01JGFJJZ00ABCDEFGHJKMNPQRS',
    operationId: 'a1b2c3d4-0001',
    routeId: 'rrt_01JGFJJZ00ABCDEFGHJKMNPQRS',
    meterId: 'MTR-001',
    readerId: reader,
    takenAt: '2026-06-15T09:00:00.000Z',
    deviceTime: '2026-06-15T09:00:00.000Z',
    day: '2026-06-15',
    registerKwh: '15234.5',
    confirmed: false,
    photoIds: [],
    isContested: false,
    standingId: 'frd_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});

export const fieldCollectionHeld = defineEvent({
  ...base,
  type: 'field.collection_held',
  aggregateType: 'collection',
  summary: {
    en: 'Cash that was collected in the field waits for a person.',
    ar: 'نقد محصّل ميدانيًا ينتظر مراجعة شخص.',
  },
  payload: collectionSchema,
  example: {
    id: 'fcl_01JGFJJZ00ABCDEFGHJKMNPQRS',
    operationId: 'a1b2c3d4-0002',
    collectorId: reader,
    routeId: 'rrt_01JGFJJZ00ABCDEFGHJKMNPQRS',
    meterId: 'MTR-001',
    customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
    amount: '5000.00',
    currency: 'YER',
    receiptNumber: 'R-100',
    takenAt: '2026-06-15T09:00:00.000Z',
    deviceTime: '2026-06-15T09:00:00.000Z',
    status: 'held' as const,
    heldFor: 'over_limit',
  },
});

export const routeChanges = ['assigned', 'changed', 'withdrawn'] as const;

export const fieldRouteChanged = defineEvent({
  ...base,
  type: 'field.route_changed',
  aggregateType: 'reading_route',
  summary: {
    en: 'A reading route was given to somebody, changed, or taken away from them.',
    ar: 'أُسندت جولة قراءة إلى موظف أو عُدّلت أو سُحبت منه.',
  },
  payload: z.object({
    routeId: z.string(),
    /** Whom it concerns. */
    userId: z.string(),
    change: z.enum(routeChanges),
  }),
  example: { routeId: 'rrt_01JGFJJZ00ABCDEFGHJKMNPQRS', userId: reader, change: 'assigned' as const },
});

export const fieldEvents = [fieldReadingRecorded, fieldCollectionHeld, fieldRouteChanged];
