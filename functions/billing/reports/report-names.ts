/** What reports are called where people read of them: in mails and on paper. */
import type { ReportOrder } from './report-schema.ts';

export const reportNames: Record<ReportOrder['kind'] | 'losses', { en: string; ar: string }> = {
  ageing: { en: 'Ageing of debt', ar: 'أعمار الديون' },
  collection_rate: { en: 'Collection rate', ar: 'نسبة التحصيل' },
  billing_summary: { en: 'Billing summary', ar: 'ملخص الفوترة' },
  collections: { en: 'Money by method', ar: 'المقبوضات حسب الطريقة' },
  top_debtors: { en: 'Largest debtors', ar: 'أكبر المدينين' },
  losses: { en: 'Energy losses', ar: 'فاقد الطاقة' },
};
