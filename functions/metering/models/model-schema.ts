/** What a model of meter is, and can and cannot be. What nobody confirmed is left out: missing means unknown, not none. */
import * as z from 'zod/mini';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { meterTypes } from '../meters/meter-schema.ts';
import { registerDecimals, registerDigits, registerName } from '../meters/register-fields.ts';

/** `ct`: by current transformers, `pt`: by voltage transformers. */
const connectionKinds = ['direct', 'ct', 'pt'] as const;
/** `load` disconnects the supply, `output` is a contact for something else. */
const relayKinds = ['none', 'load', 'output'] as const;

const amperes = () => z.optional(z.number().check(z.gt(0), z.lte(10_000)));

const modelRegisterSchema = z.object({
  ...registerName,
  unit: z.enum(['kWh', 'kvarh', 'kVAh']),
  /** Places before the point: it starts again at zero after 10^digits. */
  digits: z.optional(registerDigits()),
  decimals: z.optional(registerDecimals()),
});

export const createModelSchema = z.object({
  /** As meters name it; upper and lower case are the same. */
  model: externalId(),
  manufacturer: label(100),
  /** What meters of it are unless said otherwise. */
  type: z.optional(z.enum(meterTypes)),
  phases: z.optional(z.array(z.union([z.literal(1), z.literal(3)])).check(z.minLength(1), z.maxLength(2))),
  /** Left out: unknown, and any ratio is taken. */
  connections: z.optional(z.array(z.enum(connectionKinds)).check(z.minLength(1), z.maxLength(3))),
  /** The most the device itself carries, connected directly and at the secondary side of current transformers. */
  maxCurrentA: z.optional(z.object({ direct: amperes(), ct: amperes() })),
  /** Of the register that is billed. */
  digits: z.optional(registerDigits()),
  decimals: z.optional(registerDecimals()),
  registers: z._default(z.array(modelRegisterSchema).check(z.maxLength(40)), []),
  relay: z.optional(z.enum(relayKinds)),
  /** `sts`: by tokens of IEC 62055-41. */
  prepaid: z.optional(z.enum(['none', 'sts'])),
  hasLoadProfile: z.optional(z.boolean()),
  /** The map of its Modbus registers. */
  deviceProfile: z.optional(externalId()),
  /** Where the facts come from, and which are missing. */
  notes: z.optional(label(1000)),
});

export const modelSchema = z.extend(createModelSchema, {
  registers: z.array(modelRegisterSchema),
  /** Built-in models are the same for everybody and do not change. */
  builtIn: z.boolean(),
  version: z.optional(z.int()),
  createdAt: z.optional(utcTime()),
  updatedAt: z.optional(utcTime()),
});

export type NewModel = z.infer<typeof createModelSchema>;
export type MeterModel = z.infer<typeof modelSchema>;
