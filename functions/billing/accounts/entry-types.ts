/** What can move a customer's account. */
export const entryTypes = [
  'invoice',
  'difference_note',
  'late_fee',
  'credit_note',
  'payment',
  'payment_reversal',
  'refund',
] as const;
export type EntryType = (typeof entryTypes)[number];
