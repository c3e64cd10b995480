/**
 * Why a payment is taken back, in codes: the words of a code go to the customer, what a cashier writes beside it stays with the
 * utility.
 */
import type { Language } from '../../../layers/documents/display.ts';

export const reversalReasons = [
  'returned_by_bank',
  'wrong_amount',
  'wrong_customer',
  'entered_twice',
  'other',
] as const;
export type ReversalReason = (typeof reversalReasons)[number];

const words: Record<ReversalReason, Record<Language, string>> = {
  returned_by_bank: { en: 'the bank did not honour it', ar: 'لم يصرفه البنك' },
  wrong_amount: { en: 'another amount was entered by mistake', ar: 'سُجّل مبلغ آخر بالخطأ' },
  wrong_customer: { en: 'it was entered for another account by mistake', ar: 'سُجّل لحساب آخر بالخطأ' },
  entered_twice: { en: 'it was entered twice', ar: 'سُجّل مرتين' },
  other: { en: 'our records were corrected', ar: 'جرى تصحيح في السجلات' },
};

/** A reason in the customer's language; one that is newer than this table, or none, is said in general words. */
export const reversalWords = (reason: string | undefined, language: Language): string =>
  (words[reason as ReversalReason] ?? words.other)[language];
