/** What the vending server must know of a meter: its number and which key it holds. It belongs to the meter, whoever lives there. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { shardOf } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { baseDates, isMeterNumber } from './sts-numbers.ts';

export const vendingMeterInput = z.object({
  /** Decoder reference number: 11 or 13 digits, the last one a check digit (IEC 62055-41, 6.1.2). */
  meterNumber: z
    .string()
    .check(
      z.refine(
        isMeterNumber,
        fieldMessage(
          'Not an STS meter number: 11 or 13 digits whose check digit fits.',
          'ليس رقم عداد STS: 11 أو 13 رقمًا مع رقم تحقق صحيح.',
        ),
      ),
    ),
  supplyGroupCode: z.string().check(z.regex(/^\d{6}$/, fieldMessage('Six digits.', 'ستة أرقام.'))),
  keyRevision: z.int().check(z.gte(1), z.lte(9)),
  tariffIndex: z._default(z.string().check(z.regex(/^\d{2}$/, fieldMessage('Two digits.', 'رقمان.'))), '01'),
  /** Year from which the meter counts token identifiers. */
  baseDate: z._default(z.literal([...baseDates]), 2014),
  /** W; the last one that was set by token. */
  powerLimitW: z.optional(z.int().check(z.gte(0), z.lte(1_000_000))),
});

const keySchema = z.object({
  supplyGroupCode: z.string(),
  keyRevision: z.int(),
  tariffIndex: z.string(),
  baseDate: z.literal([...baseDates]),
});

const vendingMeterSchema = z.extend(vendingMeterInput, {
  meterId: z.string(),
  tariffIndex: z.string(),
  baseDate: z.literal([...baseDates]),
  /** The key that was sent by tokens and that the meter has not been seen to hold. */
  pendingKey: z.optional(
    z.extend(keySchema, {
      vendId: z.string(),
      campaignId: z.optional(z.string()),
      since: utcTime(),
      /** Purchases since then. */
      purchases: z.int(),
    }),
  ),
});
export const storedVendingMeterSchema = storedSchema(vendingMeterSchema);
export type VendingMeter = z.infer<typeof vendingMeterSchema>;

const shards = 8;
const listed = (shard: number): KeyParts => ['VENDING-METERS', shard];
export const vendingMeterPartitions = Array.from({ length: shards }, (_, shard) => listed(shard));

export const vendingMeterEntity = defineEntity<VendingMeter, { meterId: string }>()({
  name: 'vending meter',
  table: 'billing',
  key: ({ meterId }) => ({ pk: ['VENDING-METER', meterId], sk: ['VENDING-METER'] }),
  indexes: {
    gsi1: ({ meterId, baseDate }) => ({ pk: listed(shardOf(meterId, shards)), sk: [String(baseDate), meterId] }),
  },
  idOf: ({ meterId }) => meterId,
});

/** Says which meter a number belongs to. */
export const meterNumberEntity = defineEntity<{ meterNumber: string; meterId: string }, { meterNumber: string }>()({
  name: 'STS meter number',
  table: 'billing',
  key: ({ meterNumber }) => ({ pk: ['STS-METER', meterNumber], sk: ['STS-METER'] }),
  idOf: ({ meterNumber }) => meterNumber,
});

/** @throws AppError `unprocessable` for a meter whose vending settings nobody has entered */
export async function requireVendingMeter(session: TenantSession, meterId: string): Promise<VendingMeter & Stored> {
  const meter = await session.get(vendingMeterEntity, { meterId }, { consistent: true });
  if (meter === undefined)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Meter "${meterId}" has no vending settings: enter its STS number and key first.`,
        ar: `لا توجد للعداد "${meterId}" إعدادات شحن: أدخل رقم STS ومفتاحه أولًا.`,
      },
    });
  return meter;
}
