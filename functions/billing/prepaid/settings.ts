/** How a utility sells prepaid energy: limits, free basic units, and whose approval a token needs. Data of the tenant. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { amount } from '../../../layers/money/money-schema.ts';
import { customerTypes } from '../customers/customer-schema.ts';
import { minorOf } from '../invoices/invoice-amounts.ts';
import { engineeringKinds } from './vend-schema.ts';

export const prepaidSettingsSchema = z.object({
  /** Least and most of one purchase, in the tariff's currency. */
  minimumAmount: z.optional(amount()),
  maximumAmount: z.optional(amount()),
  /** Most that is paid for one supply on a local day, and in a local month. */
  dailyLimit: z.optional(amount()),
  monthlyLimit: z.optional(amount()),
  /** Given to supplies once a month with the first token; in steps of 0.1 kWh. */
  freeBasicKwh: z._default(
    z
      .string()
      .check(z.regex(/^\d{1,4}(\.\d)?$/, fieldMessage('Not an energy such as "50.0".', 'ليست طاقة مثل "50.0".'))),
    '0',
  ),
  /** Whose; empty: nobody's. */
  freeBasicFor: z._default(z.array(z.enum(customerTypes)).check(z.maxLength(5)), []),
  /** Tokens that a second person has to agree to. */
  approvalFor: z._default(z.array(z.enum(engineeringKinds)).check(z.maxLength(5)), ['clear_credit', 'key_change']),
  /** How often a vendor that certainly made no token is asked before the money becomes the customer's advance. */
  maxAttempts: z._default(z.int().check(z.gte(1), z.lte(20)), 6),
});
export type PrepaidSettings = z.infer<typeof prepaidSettingsSchema>;

export const prepaidSettingsEntity = defineEntity<PrepaidSettings & { id: 'prepaid' }, { id: 'prepaid' }>()({
  name: 'settings of prepaid energy',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

export async function readPrepaidSettings(session: TenantSession): Promise<PrepaidSettings> {
  return prepaidSettingsSchema.parse((await session.get(prepaidSettingsEntity, { id: 'prepaid' })) ?? {});
}

/** @throws AppError `unprocessable` for an amount with more decimals than the currency has */
export function refuseAmounts(currency: string, amounts: readonly (string | undefined)[]): void {
  for (const text of amounts)
    try {
      if (text !== undefined) minorOf(text, currency);
    } catch {
      throw new AppError('unprocessable', undefined, {
        texts: { en: `"${text}" is no amount in ${currency}.`, ar: `"${text}" ليس مبلغًا بعملة ${currency}.` },
      });
    }
}
