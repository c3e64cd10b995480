/** The books of first entry. Each numbers its entries for itself, so that sales and payroll do not wait for each other. */

export const journals = {
  general: { prefix: 'GEN', en: 'General journal', ar: 'اليومية العامة' },
  opening: { prefix: 'OPN', en: 'Opening balances', ar: 'الأرصدة الافتتاحية' },
  sales: { prefix: 'SAL', en: 'Sales', ar: 'المبيعات' },
  receipts: { prefix: 'RCP', en: 'Receipts', ar: 'المقبوضات' },
  payments: { prefix: 'PAY', en: 'Payments', ar: 'المدفوعات' },
  purchases: { prefix: 'PUR', en: 'Purchases', ar: 'المشتريات' },
  payroll: { prefix: 'SLR', en: 'Payroll', ar: 'الرواتب' },
  inventory: { prefix: 'INV', en: 'Inventory', ar: 'المخزون' },
  assets: { prefix: 'AST', en: 'Fixed assets', ar: 'الأصول الثابتة' },
  reconciliation: { prefix: 'REC', en: 'Reconciliation', ar: 'التسويات' },
  /** Year-end entries alone: income statements leave it out, so that a closed year still shows its result. */
  closing: { prefix: 'CLS', en: 'Year-end closing', ar: 'إقفال السنة' },
} as const;

export type Journal = keyof typeof journals;

export const journalNames = Object.keys(journals) as [Journal, ...Journal[]];

/** Journals that people and rules write to. */
export const openJournalNames = journalNames.filter((name) => name !== 'closing') as [Journal, ...Journal[]];

/** What people call an entry: `SAL-2026-03-000042`. */
export const entryReference = (journal: Journal, period: string, number: number): string =>
  `${journals[journal].prefix}-${period}-${String(number).padStart(6, '0')}`;
