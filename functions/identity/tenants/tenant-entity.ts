/** A tenant (business, organisation): the utility company that uses Mizan. */

import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { binSchema } from '../organizations/bin-entity.ts';

export const tenantSchema = z.object({
  id: z.string(),
  name: label(),
  nameAr: z.optional(label()),
  /** IANA name; billing periods, schedules and reports follow it. */
  timeZone: z._default(
    z
      .string()
      .check(
        z.refine(
          isTimeZone,
          fieldMessage(
            'Not a time zone of the IANA database, e.g. "Asia/Aden".',
            'ليست منطقة زمنية من قاعدة IANA، مثل "Asia/Aden".',
          ),
        ),
      ),
    'Asia/Aden',
  ),
  /** ISO 4217. */
  currency: z._default(z.string().check(z.regex(/^[A-Z]{3}$/)), 'YER'),
  locale: z._default(z.enum(['en', 'ar']), 'ar'),
  status: z._default(z.enum(['active', 'suspended']), 'active'),
  /** Business identification number, where the country has them; claimed in the whole installation. */
  bin: z.optional(binSchema()),
  /** As registered, e.g. `ТОО Компания`. */
  legalName: z.optional(label()),
  address: z.optional(label(500)),
  phone: z.optional(
    z
      .string()
      .check(z.regex(/^\+[1-9]\d{6,14}$/, fieldMessage('Write the phone as +967….', 'اكتب الهاتف بالصيغة ‎+967….'))),
  ),
  /** Whether people may log in with a code sent to their e-mail or phone instead of the password. */
  logInByCode: z.optional(z.boolean()),
  /** Roles whose holders log in with a second factor. */
  twoFactorRoles: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.maxLength(50))),
  /** The user who made it, or `installation`. */
  createdBy: z.optional(z.string()),
});

export type Tenant = z.infer<typeof tenantSchema>;

export const tenantEntity = defineEntity<Tenant>()({
  name: 'tenant',
  table: 'identity',
  key: () => ({ pk: ['TENANT'], sk: ['TENANT'] }),
  idOf: ({ id }) => id,
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
