/** Events the ledger publishes. */
import * as z from 'zod/mini';
import { storedSchema } from '../../layers/kernel/crud/crud-routes.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { accountSchema } from './accounts/account-entity.ts';
import { entrySchema } from './journal-entries/entry-entity.ts';
import { periodSchema } from './periods/period-entity.ts';
import { keptReportSchema } from './reports/report-schema.ts';
import { settlementSchema } from './settlements/settlement-schema.ts';

const source = 'ledger';
const stored = { version: 1, createdAt: '2026-03-15T08:00:00.000Z', updatedAt: '2026-03-15T08:00:00.000Z' };

const accountExample = {
  id: '1131',
  code: '1131',
  name: "Customers' receivables",
  nameAr: 'ذمم المشتركين',
  type: 'asset' as const,
  parentId: '1130',
  isIntermediate: false,
  allowsPosting: true,
  isActive: true,
  normalSide: 'debit' as const,
  hasLines: false,
  ...stored,
};

const accountEvent = <const T extends string>(type: T, en: string, ar: string) =>
  defineEvent({
    type,
    source,
    schemaVersion: 1,
    aggregateType: 'account',
    summary: { en, ar },
    payload: storedSchema(accountSchema),
    example: accountExample,
  });

export const accountCreated = accountEvent('account.created', 'An account was added to the chart.', 'أُضيف حساب.');
export const accountUpdated = accountEvent('account.updated', 'An account was changed.', 'عُدّل حساب.');
export const accountDeleted = accountEvent('account.deleted', 'An account was deleted.', 'حُذف حساب.');

const entryExample = {
  id: 'jrn_01KKR3TT00AAAAAAAAAAAAAAAA',
  journal: 'sales' as const,
  date: '2026-03-15',
  period: '2026-03',
  status: 'posted' as const,
  number: 42,
  reference: 'SAL-2026-03-000042',
  description: 'Invoice INV-1001',
  externalReference: 'INV-1001',
  lines: [
    { accountId: '1131', side: 'debit' as const, amount: '1150.00', currency: 'YER', baseAmount: '1150.00' },
    { accountId: '4110', side: 'credit' as const, amount: '1000.00', currency: 'YER', baseAmount: '1000.00' },
    { accountId: '2131', side: 'credit' as const, amount: '150.00', currency: 'YER', baseAmount: '150.00' },
  ],
  source: { type: 'event' as const, eventId: 'evt_1', eventType: 'invoice.created', ruleId: 'invoice-created' },
  postedAt: '2026-03-15T08:00:00.000Z',
  ...stored,
};

const storedEntry = storedSchema(entrySchema);

export const journalPosted = defineEvent({
  type: 'journal.posted',
  source,
  schemaVersion: 1,
  aggregateType: 'journal_entry',
  summary: { en: 'A journal entry was posted.', ar: 'رُحّل قيد.' },
  payload: storedEntry,
  example: entryExample,
});

export const journalReversed = defineEvent({
  type: 'journal.reversed',
  source,
  schemaVersion: 1,
  aggregateType: 'journal_entry',
  summary: { en: 'A journal entry was reversed by another one.', ar: 'عُكس قيد بقيد آخر.' },
  payload: z.object({
    /** The entry that was reversed. */
    id: z.string(),
    reference: z.string(),
    /** The entry that reverses it. */
    reversedBy: z.string(),
    reversalReference: z.string(),
    reversalDate: z.string(),
    reason: z.optional(z.string()),
  }),
  example: {
    id: entryExample.id,
    reference: entryExample.reference,
    reversedBy: 'jrn_01KKR3TT00BBBBBBBBBBBBBBBB',
    reversalReference: 'SAL-2026-03-000043',
    reversalDate: '2026-03-16',
    reason: 'Wrong tariff',
  },
});

const periodEvent = <const T extends string>(
  type: T,
  en: string,
  ar: string,
  status: 'open' | 'closed',
  more: Partial<z.infer<typeof periodSchema>>,
) =>
  defineEvent({
    type,
    source,
    schemaVersion: 1,
    aggregateType: 'period',
    summary: { en, ar },
    payload: storedSchema(periodSchema),
    example: {
      id: '2026-03',
      startDate: '2026-03-01',
      endDate: '2026-03-31',
      fiscalYear: 2026,
      status,
      journals: ['sales' as const],
      ...more,
      ...stored,
    },
  });

export const periodClosed = periodEvent(
  'finance.period_closed',
  'An accounting period was closed.',
  'أُقفلت فترة محاسبية.',
  'closed',
  { closedAt: '2026-04-02T08:00:00.000Z', closedBy: 'usr_1' },
);

export const periodReopened = periodEvent(
  'finance.period_reopened',
  'A closed accounting period was opened again.',
  'أُعيد فتح فترة محاسبية مقفلة.',
  'open',
  { reopenedAt: '2026-04-03T08:00:00.000Z', reopenedBy: 'usr_1', reopenReason: 'A late supplier invoice' },
);

export const postingFailed = defineEvent({
  type: 'journal.posting_failed',
  source,
  schemaVersion: 1,
  aggregateType: 'failed_posting',
  summary: {
    en: 'An event could not be posted; it is kept to be retried.',
    ar: 'تعذّر ترحيل حدث؛ وحُفظ لإعادة المحاولة.',
  },
  payload: z.object({
    id: z.string(),
    ruleId: z.string(),
    eventId: z.string(),
    eventType: z.string(),
    reason: z.string(),
    message: z.string(),
  }),
  example: {
    id: 'fpo_01KKR3TT00AAAAAAAAAAAAAAAA',
    ruleId: 'invoice-created',
    eventId: 'evt_1',
    eventType: 'invoice.created',
    reason: 'unprocessable',
    message: 'There is no account "1131".',
  },
});

export const reportGenerated = defineEvent({
  type: 'finance.report_generated',
  source,
  schemaVersion: 1,
  aggregateType: 'finance_report',
  summary: { en: 'A financial report was made and kept.', ar: 'أُنشئ تقرير مالي وحُفظ.' },
  payload: storedSchema(keptReportSchema),
  example: {
    id: 'frp_01KKR3TT00AAAAAAAAAAAAAAAA',
    type: 'balance-sheet',
    to: '2026-03-31',
    currency: 'YER',
    generatedAt: '2026-04-02T08:00:00.000Z',
    generatedBy: 'usr_1',
    ...stored,
  },
});

export const reconciliationMismatch = defineEvent({
  type: 'finance.reconciliation_mismatch',
  source,
  schemaVersion: 1,
  aggregateType: 'reconciliation_session',
  summary: {
    en: 'The ledger and a statement do not agree.',
    ar: 'الدفتر وكشف الحساب غير متطابقين.',
  },
  payload: z.object({
    sessionId: z.string(),
    accountId: z.string(),
    currency: z.string(),
    /** Lines nothing in the ledger matches; a difference that was booked; balances that differ at closing. */
    kind: z.enum(['unmatched_lines', 'difference_booked', 'balance_difference']),
    /** Lines, or differences. */
    count: z.int(),
    /** Statement minus ledger, signed. */
    amount: z.string(),
    /** The entry a difference was booked with. */
    entryId: z.optional(z.string()),
  }),
  example: {
    sessionId: 'rec_01KKR3TT00AAAAAAAAAAAAAAAA',
    accountId: '1112',
    currency: 'YER',
    kind: 'unmatched_lines',
    count: 3,
    amount: '-1250.00',
  },
});

export const settlementCompleted = defineEvent({
  type: 'finance.settlement_completed',
  source,
  schemaVersion: 1,
  aggregateType: 'settlement',
  summary: {
    en: 'A provider paid out what it had collected, and it was posted.',
    ar: 'سدّد مزود ما حصّله ورُحّل القيد.',
  },
  payload: storedSchema(settlementSchema),
  example: {
    id: 'set_01KKR3TT00AAAAAAAAAAAAAAAA',
    provider: 'kuraimi',
    reference: 'PO-2026-031',
    accountId: '1121',
    bankAccountId: '1112',
    feeAccountId: '5530',
    date: '2026-03-31',
    currency: 'YER',
    grossAmount: '100000.00',
    feeAmount: '1500.00',
    netAmount: '98500.00',
    entryId: 'jrn_01KKR3TT00AAAAAAAAAAAAAAAA',
    entryReference: 'RCP-2026-03-000007',
    matchedLines: 12,
    completedAt: '2026-03-31T10:00:00.000Z',
    completedBy: 'usr_1',
    ...stored,
  },
});

export const ledgerEvents = [
  reconciliationMismatch,
  settlementCompleted,
  reportGenerated,
  accountCreated,
  accountUpdated,
  accountDeleted,
  journalPosted,
  journalReversed,
  periodClosed,
  periodReopened,
  postingFailed,
];
