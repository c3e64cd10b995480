/** What is known of a meter: the metering point, the device in it, and where both have been. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { fieldText } from '../../../layers/kernel/i18n/field-message.ts';
import { externalId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { obisPattern } from '../../../layers/metering/reading-message.ts';
import { fromUnits, maxRegisterDecimals, maxRegisterDigits, toUnits } from '../../../layers/metering/register.ts';
import { registerDecimals, registerDigits, registerName } from './register-fields.ts';

/** `connected` and `disconnected` follow the relay; `offline` and `fault` are what the device reports of itself. */
export const meterStatuses = ['connected', 'disconnected', 'offline', 'fault', 'retired'] as const;
/** `smart` meters report by themselves, `sts` ones are prepaid by token, `manual` ones are read by people. */
export const meterTypes = ['smart', 'sts', 'manual'] as const;

/** Kilowatt-hours of a register, as a decimal text or a JSON number; answered as text. */
export const registerKwh = () =>
  z.pipe(
    z.union([z.string(), z.number()]),
    z.transform((value, context) => {
      const units = toUnits(value);
      if (units === undefined || units < 0 || units >= 10 ** (maxRegisterDigits + maxRegisterDecimals)) {
        context.issues.push({
          code: 'custom',
          message: fieldText('Not a register value such as "15234.56".', 'ليست قراءة عداد مثل "15234.56".'),
          input: value,
        });
        return z.NEVER;
      }
      return fromUnits(units);
    }),
  );

const ratio = () => z._default(z.number().check(z.gte(0.001), z.lte(100_000)), 1);

const registerSchema = z.object(registerName);

/** What the device can plausibly show, in primary values. */
const plausibility = {
  ctRatio: ratio(),
  ptRatio: ratio(),
  /** Whether the register counts what flows (`primary`) or what its transformers pass on to it (`secondary`). */
  registerScale: z._default(z.enum(['primary', 'secondary']), 'primary'),
  /** Rated current of the device itself, before the current transformer. @default what the model carries, else 100 */
  ratedCurrentA: z.optional(z.number().check(z.gt(0), z.lte(10_000))),
  /** The most the point can draw. Left out: phases × 300 V × rated current, with the transformer ratios. */
  maxPlausibleKw: z.optional(z.number().check(z.gt(0), z.lte(1_000_000))),
};

export const createMeterSchema = z.object({
  /** The number the meter reports under; usually its serial number. */
  id: externalId(),
  /** @default the id */
  serialNumber: z.optional(externalId()),
  /** A name of the catalogue of models gives the defaults and refuses what such a meter cannot be; any other is just text. */
  model: label(60),
  /** @default the model's, else `smart` */
  type: z.optional(z.enum(meterTypes)),
  stationId: externalId(),
  /** A number of your own; supplies tell who takes energy here. */
  customerId: z.optional(label(64)),
  /** @default the model's, else 1 */
  phases: z.optional(z.union([z.literal(1), z.literal(3)])),
  /** @default the model's, else 6 */
  digits: z.optional(registerDigits()),
  /** @default the model's, else 2 */
  decimals: z.optional(registerDecimals()),
  ...plausibility,
  /** Left out: unknown, and the first reading is taken as it comes. */
  initialRegisterKwh: z.optional(registerKwh()),
  /** Not in the future. Left out: unknown, and readings of any time are taken. */
  installedAt: z.optional(timestamp()),
  registers: z._default(z.array(registerSchema).check(z.maxLength(8)), []),
});

export const updateMeterSchema = z.partial(
  z.object({
    model: label(60),
    type: z.enum(meterTypes),
    stationId: externalId(),
    /** Since when the meter is at the new station. @default now */
    stationSince: timestamp(),
    customerId: z.nullable(label(64)),
    phases: z.union([z.literal(1), z.literal(3)]),
    status: z.enum(meterStatuses),
    digits: registerDigits(),
    decimals: registerDecimals(),
    ctRatio: z.number().check(z.gte(0.001), z.lte(100_000)),
    ptRatio: z.number().check(z.gte(0.001), z.lte(100_000)),
    registerScale: z.enum(['primary', 'secondary']),
    ratedCurrentA: z.number().check(z.gt(0), z.lte(10_000)),
    maxPlausibleKw: z.nullable(z.number().check(z.gt(0), z.lte(1_000_000))),
    initialRegisterKwh: registerKwh(),
    installedAt: timestamp(),
    registers: z.array(registerSchema).check(z.maxLength(8)),
  }),
);

/** Further registers by OBIS code. */
const registersByCode = () => z.optional(z.record(z.string().check(z.regex(obisPattern)), registerKwh()));

export const exchangeMeterSchema = z.object({
  /** When the old device was taken out and the new one put in. @default now */
  at: z.optional(timestamp()),
  /** What the old device showed. */
  finalRegisterKwh: registerKwh(),
  newSerialNumber: externalId(),
  newInitialRegisterKwh: z._default(registerKwh(), '0'),
  /** What the registers of rates showed: without them, what they counted around the exchange is not known. */
  finalRegisters: registersByCode(),
  newInitialRegisters: registersByCode(),
  newModel: z.optional(label(60)),
  newDigits: z.optional(registerDigits()),
  newDecimals: z.optional(registerDecimals()),
  /**
   * Transformers are exchanged like devices, also alone: with the serial number that stays, and the register going on where it was.
   * @default those of the old device
   */
  newCtRatio: z.optional(z.number().check(z.gte(0.001), z.lte(100_000))),
  newPtRatio: z.optional(z.number().check(z.gte(0.001), z.lte(100_000))),
  newRegisterScale: z.optional(z.enum(['primary', 'secondary'])),
});

/** One device that is or was at the metering point. */
const deviceSchema = z.object({
  serialNumber: z.string(),
  model: z.string(),
  digits: z.int(),
  decimals: z.int(),
  installedAt: z.optional(utcTime()),
  initialRegisterKwh: z.optional(z.string()),
  removedAt: z.optional(utcTime()),
  finalRegisterKwh: z.optional(z.string()),
  /** What was noted of further registers when it was put in and taken out, by OBIS code. */
  initialRegisters: z.optional(z.record(z.string(), z.string())),
  finalRegisters: z.optional(z.record(z.string(), z.string())),
  /** Of a device that was taken out: what it counted with. The installed one counts with the meter's. */
  ctRatio: z.optional(z.number()),
  ptRatio: z.optional(z.number()),
  registerScale: z.optional(z.enum(['primary', 'secondary'])),
});

const meterSchema = z.object({
  id: z.string(),
  serialNumber: z.string(),
  model: z.string(),
  type: z.enum(meterTypes),
  status: z.enum(meterStatuses),
  /** Since when, by the clock of who said so; missing until it first changes. */
  statusAt: z.optional(utcTime()),
  stationId: z.string(),
  customerId: z.optional(z.string()),
  phases: z.union([z.literal(1), z.literal(3)]),
  digits: z.int(),
  decimals: z.int(),
  ctRatio: z.number(),
  ptRatio: z.number(),
  registerScale: z.enum(['primary', 'secondary']),
  ratedCurrentA: z.number(),
  maxPlausibleKw: z.optional(z.number()),
  registers: z.array(registerSchema),
  /** Devices in order of time; the last one is installed. */
  devices: z.array(deviceSchema),
  /** Stations in order of time; `since` is missing where it is unknown. */
  stations: z.array(z.object({ stationId: z.string(), since: z.optional(utcTime()) })),
  /** Whether a person ever edited its usage: who counts without having to ask for edits is spared a read. */
  hasUsageEdits: z.optional(z.boolean()),
});

export const storedMeterSchema = storedSchema(meterSchema);

export type Meter = z.infer<typeof meterSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type CreateMeter = z.infer<typeof createMeterSchema>;
export type UpdateMeter = z.infer<typeof updateMeterSchema>;
export type ExchangeMeter = z.infer<typeof exchangeMeterSchema>;
