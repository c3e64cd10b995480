/** Why an invoice is cancelled, in codes: the words of a code are on the credit note, what the office writes beside it is not. */
import type { Language } from '../../../layers/documents/display.ts';

export const cancelReasons = [
  'wrong_reading',
  'wrong_tariff',
  'wrong_customer',
  'wrong_period',
  'billed_twice',
  'other',
] as const;
export type CancelReason = (typeof cancelReasons)[number];

const words: Record<CancelReason, Record<Language, string>> = {
  wrong_reading: { en: 'the meter reading was wrong', ar: 'كانت قراءة العداد خاطئة' },
  wrong_tariff: { en: 'another tariff applies', ar: 'تنطبق تعرفة أخرى' },
  wrong_customer: { en: 'it was billed to the wrong account', ar: 'فُوترت على حساب آخر بالخطأ' },
  wrong_period: { en: 'the days that were billed were wrong', ar: 'كانت أيام الفترة خاطئة' },
  billed_twice: { en: 'it was billed twice', ar: 'فُوترت مرتين' },
  other: { en: 'our records were corrected', ar: 'جرى تصحيح في السجلات' },
};

/** A reason in the customer's language; one that is newer than this table, or none, is said in general words. */
export const cancelWords = (reason: string | undefined, language: Language): string =>
  (words[reason as CancelReason] ?? words.other)[language];
