/** Routes of switching a supply between bills and tokens. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { generatedId } from '../../../layers/kernel/schema/common.ts';
import { amount } from '../../../layers/money/money-schema.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';
import { storedSupplySchema } from '../supplies/supply-schema.ts';
import { instalmentSchema } from './arrears-agreement.ts';

export const supplyModes = defineResource({
  name: 'supply-modes',
  base: '/api/billing/prepaid/switches',
  title: 'Prepaid and postpaid',
  routes: {
    switchToPrepaid: {
      method: 'POST',
      path: '/to-prepaid',
      access: 'billing:prepaid:switch',
      summary: 'Make a supply a prepaid one: it is billed to the day, and its debt is agreed upon or paid.',
      description:
        'The supply ends on the day and the same customer’s prepaid supply begins on it. Debt goes into an agreement where `arrears` says how; without that there must be none: the last bill is made all the same, to be paid before the switch is asked for again. Asked for again after it was made, it answers the same.',
      body: z.object({
        supplyId: generatedId('sup'),
        /** First local day it is prepaid. */
        on: localDate(),
        tariffId: z.optional(generatedId('tar')),
        mayEstimate: z._default(z.boolean(), false),
        arrears: z.optional(z.object({ instalment: instalmentSchema, monthlyMinimum: z.optional(amount()) })),
      }),
      status: 200,
      response: z.object({
        supply: storedSupplySchema,
        invoiceIds: z.array(z.string()),
        debtAmount: z.string(),
        currency: z.string(),
        agreementId: z.optional(z.string()),
      }),
      errors: ['not_found', 'conflict', 'already_exists', 'unprocessable'],
    },
    switchToPostpaid: {
      method: 'POST',
      path: '/to-postpaid',
      access: 'billing:prepaid:switch',
      summary: 'Bill a prepaid supply afterwards from today on; what is left in the meter is the customer’s advance.',
      description:
        'Credit is worth what was paid for the energy bought last, with its tax; charges of the month are given back for the days from today on, which bills charge, and those of days on which nothing was bought are owed by an invoice. A token that clears the meter’s credit is made with it.',
      body: z.object({
        supplyId: generatedId('sup'),
        /** What the meter shows. */
        remainingKwh: z
          .string()
          .check(
            z.regex(/^\d{1,7}(\.\d{1,3})?$/, fieldMessage('Not an energy such as "12.5".', 'ليست طاقة مثل "12.5".')),
          ),
        tariffId: z.optional(generatedId('tar')),
      }),
      status: 200,
      response: z.object({
        supply: storedSupplySchema,
        /** Absent when nothing could ever be bought. */
        currency: z.optional(z.string()),
        returnedAmount: z.string(),
        /** Charges of days on which nothing was bought, which `returnedAmount` pays first. */
        chargesInvoiceId: z.optional(z.string()),
        clearCreditVendId: z.string(),
      }),
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
  },
});
