/** A customer of the utility: who takes energy and owes for it. What he takes where is a supply. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';

export const customerTypes = ['residential', 'commercial', 'industrial', 'government', 'agricultural'] as const;
/** `closed`: moved out and settled; the record stays. */
export const customerStatuses = ['active', 'inactive', 'closed'] as const;
/** `push` reaches the app of those who linked themselves to the account. */
export const messageChannels = ['sms', 'whatsapp', 'email', 'push'] as const;

/** E.164. */
const phoneNumber = () =>
  z
    .string()
    .check(
      z.regex(
        /^\+[1-9]\d{6,14}$/,
        fieldMessage(
          'Write the number with its country, e.g. "+967771234567".',
          'اكتب الرقم مع رمز الدولة، مثل "+967771234567".',
        ),
      ),
    );

const address = z.object({
  street: z.optional(label()),
  building: z.optional(label(60)),
  district: z.optional(label(100)),
  city: z.optional(label(100)),
  region: z.optional(label(100)),
  /** Where the reader finds the door. */
  directions: z.optional(label(500)),
});

export const createCustomerSchema = z.object({
  /** Account number on bills; one is made when left out. */
  accountNumber: z.optional(externalId()),
  name: label(),
  nameAr: z.optional(label()),
  type: z._default(z.enum(customerTypes), 'residential'),
  phone: z.optional(phoneNumber()),
  email: z.optional(z.string().check(z.email(), z.maxLength(254))),
  nationalId: z.optional(label(40)),
  taxNumber: z.optional(label(40)),
  address: z.optional(address),
  /** WGS 84 degrees. */
  latitude: z.optional(z.number().check(z.gte(-90), z.lte(90))),
  longitude: z.optional(z.number().check(z.gte(-180), z.lte(180))),
  language: z._default(z.enum(['ar', 'en']), 'ar'),
  channels: z._default(z.array(z.enum(messageChannels)).check(z.maxLength(4)), ['sms']),
  /** Channels the customer does not want to be written to on, whatever is asked. */
  refusedChannels: z.optional(z.array(z.enum(messageChannels)).check(z.maxLength(4))),
  /** One message with the collective bill of a run or period, and one amount in reminders, instead of one for each invoice. @default false */
  collectiveBill: z.optional(z.boolean()),
  /** Messages the customer does not want, of those that can be refused: receipts and statements. */
  refusedMessages: z.optional(z.array(z.enum(['payment_received', 'statement_issued'])).check(z.maxLength(2))),
  /** Codes of taxes the customer does not pay. */
  exemptTaxes: z._default(z.array(label(40)).check(z.maxLength(10)), []),
  /** Never disconnected for debt: life support, a hospital, by order of a court. */
  isProtected: z._default(z.boolean(), false),
  /** Nothing is collected by force until after this local day: an agreement, a complaint under way. */
  graceUntil: z.optional(localDate()),
  /** Groups customers for billing and reading. */
  routeId: z.optional(externalId()),
});

export const customerSchema = z.extend(createCustomerSchema, {
  id: z.string(),
  accountNumber: z.string(),
  status: z.enum(customerStatuses),
});

export type Customer = z.infer<typeof customerSchema>;
export type NewCustomer = z.infer<typeof createCustomerSchema>;
