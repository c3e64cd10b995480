/**
 * Why a line of a bank waits for a person: a code that stays, and words for the reader. What an unexpected failure says stays in the
 * log, since nobody knows what is in it; the line names its code.
 */
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { ErrorCode } from '../../../layers/kernel/errors/error-codes.ts';
import type { Translated } from '../../../layers/kernel/i18n/locale.ts';
import type { BankLine } from './bank-schema.ts';

export const suspenseReasons = [
  'owner_unknown',
  'number_taken',
  'partly_given_back',
  'cannot_be_taken_back',
  'not_taken',
] as const;
type SuspenseReason = (typeof suspenseReasons)[number];

const words: Record<SuspenseReason, Translated> = {
  owner_unknown: {
    en: 'Nobody, or more than one customer, is recognised in the line.',
    ar: 'لم يُعرف صاحب السطر، أو قد يكون لأكثر من مشترك.',
  },
  number_taken: {
    en: 'Another payment has the number that the bank gave it.',
    ar: 'لدفعة أخرى الرقم الذي أعطاه البنك لهذا السطر.',
  },
  partly_given_back: {
    en: 'The bank took back all of a payment of which some was given back before.',
    ar: 'استرجع البنك كامل دفعة رُدّ جزء منها من قبل.',
  },
  cannot_be_taken_back: {
    en: 'The bank took back a payment that cannot be reversed now.',
    ar: 'استرجع البنك دفعة لا يمكن عكسها الآن.',
  },
  not_taken: {
    en: 'The line could not be taken, three times. Support finds the cause in the log under its number.',
    ar: 'تعذّر أخذ السطر ثلاث مرات. يجد الدعم السبب في السجل تحت رقمه.',
  },
};

/** What a line that waits keeps of the reason. */
export type Suspended = Pick<BankLine, 'reason' | 'reasonDetail' | 'errorCode'>;

/** A refusal that is written for people is shown to them. */
export const suspendedFor = (reason: SuspenseReason, error?: unknown): Suspended => ({
  reason,
  ...(isAppError(error) && error.texts !== undefined && error.status < 500 ? { reasonDetail: error.texts } : {}),
  ...(error === undefined ? {} : { errorCode: codeOf(error) }),
});

const codeOf = (error: unknown): ErrorCode => (isAppError(error) ? error.code : 'internal');

/** Lines that were suspended before there were codes have a text in place of what a person says, which may be that of an error. */
function reasonBefore({ amount, paymentId, outcome }: BankLine): SuspenseReason {
  if (outcome === undefined) return 'owner_unknown';
  if (outcome.startsWith('It could not be taken')) return 'not_taken';
  if (paymentId === undefined || !amount.startsWith('-')) return 'number_taken';
  return outcome.startsWith('The bank took back all') ? 'partly_given_back' : 'cannot_be_taken_back';
}

/** A line as it is answered. */
export function withWords<T extends BankLine>({ outcome, ...line }: T): Omit<T, 'outcome'> & BankLine {
  const reason = line.status === 'suspense' ? (line.reason ?? reasonBefore({ ...line, outcome })) : line.reason;
  return {
    ...line,
    ...(outcome === undefined || line.status !== 'dismissed' ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason, reasonText: words[reason] }),
  };
}
