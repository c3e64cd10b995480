/** What can move a customer's account. */
export const entryTypes = [
  'invoice',
  'difference_note',
  'late_fee',
  'credit_note',
  'payment',
  'payment_reversal',
  'refund',
  'refund_returned',
  // A token stands on the account twice: what was paid for it, and what was sold.
  'prepaid_payment',
  'prepaid_sale',
  'prepaid_reversal',
  'prepaid_credit',
] as const;
export type EntryType = (typeof entryTypes)[number];
