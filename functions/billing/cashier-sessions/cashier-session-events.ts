/** Events of tills that the ledger posts: money that came in or went out beside payments, and what was missing or too much. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { counterparts, storedSessionSchema, tillMethods } from './cashier-session-schema.ts';

const of = {
  sessionId: 'csh_01JGFJJZ00ABCDEFGHJKMNPQRS',
  sessionNumber: '20260510-JKMNPQRS',
  cashierId: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
};
const ofSchema = { sessionId: z.string(), sessionNumber: z.string(), cashierId: z.string() };
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'cashier_session' } as const;

export const tillMoneyMoved = defineEvent({
  ...base,
  type: 'cashier_session.money_moved',
  summary: {
    en: 'Cash was put into a till or taken out of it, other than by a payment.',
    ar: 'أُودع نقد في صندوق أو سُحب منه بغير دفعة.',
  },
  payload: z.object({
    ...ofSchema,
    movementId: z.string(),
    type: z.enum(['pay_in', 'pay_out']),
    amount: z.string(),
    currency: z.string(),
    counterpart: z.enum(counterparts),
    reason: z.string(),
  }),
  example: {
    ...of,
    movementId: 'mov_01JGFJJZ00ABCDEFGHJKMNPQRS',
    type: 'pay_out' as const,
    amount: '50000.00',
    currency: 'YER',
    counterpart: 'bank' as const,
    reason: 'Brought to the bank at noon',
  },
});

export const tillDifferenceFound = defineEvent({
  ...base,
  type: 'cashier_session.difference_found',
  summary: {
    en: 'A till that was closed held more or less than it should.',
    ar: 'تبيّن عند إغلاق صندوق زيادة أو عجز فيه.',
  },
  payload: z.object({
    ...ofSchema,
    method: z.enum(tillMethods),
    /** Counted less expected: below zero something is missing. */
    amount: z.string(),
    currency: z.string(),
    reason: z.string(),
    approvedBy: z.optional(z.string()),
  }),
  example: {
    ...of,
    method: 'cash' as const,
    amount: '-150.00',
    currency: 'YER',
    reason: 'Change given wrongly',
    approvedBy: 'usr_01JGFJK000ABCDEFGHJKMNPQRS',
  },
});

export const cashierSessionClosed = defineEvent({
  ...base,
  type: 'cashier_session.closed',
  summary: { en: 'A cashier session was closed.', ar: 'أُغلقت جلسة صندوق.' },
  payload: storedSessionSchema,
  example: {
    id: of.sessionId,
    sessionNumber: of.sessionNumber,
    cashierId: of.cashierId,
    desk: 'Desk 1',
    status: 'closed' as const,
    openedAt: '2026-05-10T05:00:00.000Z',
    floatAmount: '10000.00',
    currency: 'YER',
    expected: [{ method: 'cash' as const, currency: 'YER', amount: '85000.00' }],
    receipts: 12,
    payments: 12,
    counted: [{ method: 'cash' as const, currency: 'YER', amount: '85000.00' }],
    differences: [],
    countedAt: '2026-05-10T13:00:00.000Z',
    closedAt: '2026-05-10T13:00:00.000Z',
    version: 15,
    createdAt: '2026-05-10T05:00:00.000Z',
    updatedAt: '2026-05-10T13:00:00.000Z',
  },
});
