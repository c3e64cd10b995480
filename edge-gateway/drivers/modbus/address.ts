/**
 * Where a point is: `"holding:97"`, `"input:30.3"` (bit 3), Modicon's `"40098"`, or an object that says more. Numbers
 * after a table's name count from 0 as on the wire; Modicon's count from 1.
 */
import * as z from 'zod/mini';
import { byteOrders } from './settings.ts';

export const tables = ['coil', 'discrete_input', 'input_register', 'holding_register'] as const;
export type Table = (typeof tables)[number];
export const isBitTable = (table: Table): boolean => table === 'coil' || table === 'discrete_input';

const integer = (min: number, max: number) => z.number().check(z.int(), z.gte(min), z.lte(max));
const register = integer(0, 65_535);

const format = {
  order: z.optional(z.enum(byteOrders)),
  /** Registers of a text or of a bit field. */
  length: z.optional(integer(1, 125)),
  bit: z.optional(integer(0, 15)),
  /** Part of a register or of two: `from` counts from the lowest bit. */
  bits: z.optional(z.strictObject({ from: integer(0, 31), count: integer(1, 32) })),
  /** Raw values that mean "not available"; decimal text where they exceed 2^53. */
  sentinels: z.optional(
    z.array(z.union([z.number(), z.string().check(z.regex(/^-?\d{1,20}$/))])).check(z.maxLength(8)),
  ),
  /** Commanded and never read, for registers that answer nothing. */
  isWriteOnly: z.optional(z.boolean()),
  /** Values written for a control's codes where the device has no coils for them: `{ "close": 1, "trip": 2 }`. */
  operate: z.optional(
    z.partialRecord(z.enum(['latch_on', 'latch_off', 'pulse_on', 'pulse_off', 'trip', 'close']), z.number()),
  ),
};

const absoluteSchema = z.strictObject({
  table: z.enum(tables),
  address: register,
  ...format,
  /** A register, of the same table, with the power of ten that scales the value. */
  scaleAddress: z.optional(register),
});

/** Within a SunSpec model, wherever the device keeps it; offsets count from the model's id register. */
const modelSchema = z.strictObject({
  model: integer(1, 65_534),
  /** Which of several of the same model. */
  occurrence: z._default(integer(1, 100), 1),
  offset: integer(2, 65_535),
  scaleOffset: z.optional(integer(2, 65_535)),
  ...format,
});

export const addressSchema = z.union([absoluteSchema, modelSchema]);
export type AbsoluteAddress = z.infer<typeof absoluteSchema>;
export type ModelAddress = z.infer<typeof modelSchema>;
export type Address = AbsoluteAddress | ModelAddress;

export const isModelAddress = (address: Address): address is ModelAddress => 'model' in address;

const tableNames: Readonly<Record<string, Table>> = {
  coil: 'coil',
  discrete: 'discrete_input',
  input: 'input_register',
  holding: 'holding_register',
};
const modiconTables: Readonly<Record<string, Table>> = {
  0: 'coil',
  1: 'discrete_input',
  3: 'input_register',
  4: 'holding_register',
};

/** The object that a text stands for; undefined when it is none. */
export function parseAddressText(text: string): AbsoluteAddress | undefined {
  const named = /^(coil|discrete|input|holding):(\d{1,5})(?:\.(\d{1,2}))?$/.exec(text);
  const modicon = /^([0134])(\d{4,5})(?:\.(\d{1,2}))?$/.exec(text);
  const table = named ? tableNames[named[1]!] : modicon ? modiconTables[modicon[1]!] : undefined;
  const parts = named ?? modicon;
  if (!table || !parts) return undefined;
  const address = Number(parts[2]) - (named ? 0 : 1);
  const bit = parts[3] === undefined ? undefined : Number(parts[3]);
  if (address < 0 || address > 65_535 || (bit !== undefined && (bit > 15 || isBitTable(table)))) return undefined;
  return { table, address, ...(bit !== undefined && { bit }) };
}
