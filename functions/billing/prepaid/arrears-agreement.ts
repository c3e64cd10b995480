/** An agreement to pay debt in instalments: part of each prepaid purchase goes to what is owed, until the agreed sum is reached. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { fractionOf, scaled } from '../../../layers/money/fraction.ts';
import { amount, currency } from '../../../layers/money/money-schema.ts';
import { divideRounded } from '../../../layers/money/rounding.ts';
import { amountOf, minorOf } from '../invoices/invoice-amounts.ts';

/** What a purchase pays toward the debt: a share of it, or the same sum each time. */
export const instalmentSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('share'),
    percent: z
      .string()
      .check(
        z.regex(
          /^(?!0+(\.0+)?$)(\d|[1-8]\d|90)(\.\d{1,2})?$/,
          fieldMessage('A share above 0 and up to 90 percent.', 'نسبة أكبر من صفر وحتى 90 بالمئة.'),
        ),
      ),
  }),
  z.object({ type: z.literal('fixed'), amount: amount() }),
]);

export const agreementInput = z.object({
  customerId: generatedId('cus'),
  /** What is paid in instalments altogether; debt beyond it stays as it is. */
  amount: amount(),
  currency: z.optional(currency()),
  instalment: instalmentSchema,
  /** The first purchases of a month pay at least so much together. */
  monthlyMinimum: z.optional(amount()),
  note: z.optional(label(500)),
});

const agreementSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  amount: z.string(),
  currency: z.string(),
  instalment: instalmentSchema,
  monthlyMinimum: z.optional(z.string()),
  note: z.optional(z.string()),
  recoveredAmount: z.string(),
  /** Local month (`2026-06`) and what was recovered in it. */
  month: z.optional(z.object({ month: z.string(), amount: z.string() })),
  status: z.enum(['active', 'fulfilled', 'ended']),
  endedAt: z.optional(utcTime()),
  endReason: z.optional(z.string()),
});
export const storedAgreementSchema = storedSchema(agreementSchema);
export type Agreement = z.infer<typeof agreementSchema>;
export type Instalment = z.infer<typeof instalmentSchema>;

export const agreementEntity = defineEntity<Agreement>()({
  name: 'arrears agreement',
  table: 'billing',
  key: ({ id }) => ({ pk: ['ARREARS-AGREEMENT', id], sk: ['ARREARS-AGREEMENT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: ['ARREARS-AGREEMENTS'], sk: [id] }),
    gsi2: ({ customerId, id }) => ({ pk: ['ARREARS-AGREEMENTS', customerId], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

/** A customer has one agreement at a time for each currency: this says which. */
export const activeAgreementEntity = defineEntity<
  { customerId: string; currency: string; agreementId: string },
  { customerId: string; currency: string }
>()({
  name: 'active arrears agreement',
  table: 'billing',
  key: ({ customerId, currency: of }) => ({ pk: ['ACCOUNT', customerId], sk: ['AGREEMENT', of] }),
  idOf: ({ customerId, currency: of }) => `${customerId} in ${of}`,
});

export async function readActiveAgreement(
  session: TenantSession,
  customerId: string,
  of: string,
): Promise<(Agreement & Stored) | undefined> {
  const active = await session.get(activeAgreementEntity, { customerId, currency: of }, { consistent: true });
  return active && session.get(agreementEntity, { id: active.agreementId }, { consistent: true });
}

/**
 * Minor units of a purchase that go to debt: the instalment, at least what is missing to the month's minimum, at most what is
 * left of the agreement, what is owed, and what is paid. @param month local month of the purchase
 */
export function recoverable(agreement: Agreement | undefined, paid: bigint, owed: bigint, month: string): bigint {
  if (agreement === undefined || agreement.status !== 'active') return 0n;
  const { currency: of, instalment, monthlyMinimum } = agreement;
  const wanted =
    instalment.type === 'fixed'
      ? minorOf(instalment.amount, of)
      : divideRounded(paid * scaled(fractionOf(instalment.percent), 2, 'half-up'), 10_000n, 'half-up');
  const inMonth = agreement.month?.month === month ? minorOf(agreement.month.amount, of) : 0n;
  const missing = monthlyMinimum === undefined ? 0n : minorOf(monthlyMinimum, of) - inMonth;
  const left = minorOf(agreement.amount, of) - minorOf(agreement.recoveredAmount, of);
  return [left, owed, paid].reduce((least, cap) => (cap < least ? cap : least), missing > wanted ? missing : wanted);
}

/** The agreement after so much more was recovered. */
export function afterRecovery(agreement: Agreement, minor: bigint, month: string, now: string): Partial<Agreement> {
  const { currency: of } = agreement;
  const recovered = minorOf(agreement.recoveredAmount, of) + minor;
  const inMonth = agreement.month?.month === month ? minorOf(agreement.month.amount, of) : 0n;
  return {
    recoveredAmount: amountOf(recovered, of),
    month: { month, amount: amountOf(inMonth + minor, of) },
    ...(recovered >= minorOf(agreement.amount, of) ? { status: 'fulfilled' as const, endedAt: now } : {}),
  };
}
