/**
 * Events of bank lines: money in the bank whose owner is not known yet, its owner found, and money that is no customer's. The
 * ledger posts the first two; where the third belongs only a person knows, or a rule that the utility made.
 */
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { storedLineSchema } from './bank-schema.ts';

const line = {
  id: 'bln_01JGFJJZ00ABCDEFGHJKMNPQRS',
  importId: 'bim_01JGFJJZ00ABCDEFGHJKMNPQRS',
  bankAccount: 'main',
  position: 17,
  bankId: '2026051000017',
  date: '2026-05-10',
  amount: '15000.00',
  currency: 'YER',
  description: 'Transfer Ahmed Saleh',
  status: 'suspense' as const,
  version: 1,
  createdAt: '2026-05-11T05:00:00.000Z',
  updatedAt: '2026-05-11T05:00:00.000Z',
};
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'bank_line', payload: storedLineSchema } as const;

export const bankLineSuspended = defineEvent({
  ...base,
  type: 'bank_line.suspended',
  summary: { en: 'Money came into the bank and nobody knows from whom.', ar: 'ورد مبلغ إلى البنك ولم يُعرف صاحبه.' },
  example: { ...line, reason: 'owner_unknown' as const },
});

export const bankLineReleased = defineEvent({
  ...base,
  type: 'bank_line.released',
  summary: { en: 'The owner of money in suspense was found.', ar: 'عُرف صاحب مبلغ معلق.' },
  example: {
    ...line,
    status: 'matched' as const,
    matchedBy: 'person' as const,
    paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});

export const bankLineDismissed = defineEvent({
  ...base,
  type: 'bank_line.dismissed',
  summary: { en: 'Money in suspense is no customer’s.', ar: 'المبلغ المعلق ليس لأي مشترك.' },
  example: {
    ...line,
    status: 'dismissed' as const,
    reason: 'owner_unknown' as const,
    outcome: 'Interest',
    assignedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
    assignedAt: '2026-05-12T08:00:00.000Z',
  },
});
