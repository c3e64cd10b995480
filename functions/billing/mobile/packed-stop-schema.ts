/** A stop of a route with everything the app needs where there is no network. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { createCustomerSchema } from '../customers/customer-schema.ts';
import { stopSchema } from './route-entity.ts';

const { nameAr, phone, address, latitude, longitude, language } = createCustomerSchema.shape;

export const packedStopSchema = z.extend(storedSchema(stopSchema), {
  meter: z.nullable(
    z.object({
      serialNumber: z.string(),
      model: z.string(),
      status: z.string(),
      phases: z.int(),
      digits: z.int(),
      decimals: z.int(),
      /** Further registers to read. */
      registers: z.array(z.object({ obis: z.string(), name: z.optional(z.string()) })),
    }),
  ),
  last: z.optional(z.object({ time: utcTime(), registerKwh: z.string(), source: z.string() })),
  perDayKwh: z.optional(z.string()),
  /** Of a reading now; `low` above `high` is a register that rolls over. */
  expected: z.optional(z.object({ lowKwh: z.string(), highKwh: z.string() })),
  /** Who has the meter today; null when nobody has. */
  customer: z.nullable(
    z.object({
      id: z.string(),
      accountNumber: z.string(),
      name: z.string(),
      version: z.int(),
      nameAr,
      phone,
      address,
      latitude,
      longitude,
      language,
      /** What is owed, for those who may collect. */
      balances: z.optional(z.array(z.object({ currency: z.string(), balance: z.string() }))),
    }),
  ),
});

export type PackedStop = z.infer<typeof packedStopSchema>;
