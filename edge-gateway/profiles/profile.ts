/** What a profile is: the register map of a real device as data, with where each fact comes from. */
import type { Table } from '../drivers/modbus/address.ts';
import type { ByteOrder } from '../drivers/modbus/settings.ts';
import type { ValueType } from '../drivers/modbus/value-types.ts';

/**
 * How far the map can be trusted. `manual`: read in the maker's own document or data. `implementations`: several
 * independent programs that read the device agree. `family`: the same for a sibling of the device; compare the first
 * readings with its display.
 */
export type Verification = 'manual' | 'implementations' | 'family';

export interface ProfileSource {
  /** Title of the maker's document. */
  document: string;
  /** Its version or date, where it is known. */
  version?: string;
  verified: Verification;
  /** What the addresses were compared with. */
  checkedAgainst: readonly string[];
  /** Registers that the device has and this profile leaves out, since nothing confirmed them. */
  leftOut?: string;
}

/** Transformers in front of a meter that tells values of its secondary side. */
export type Ratio = 'pt' | 'ct' | 'pt*ct';

export interface ProfilePoint {
  /** Part of the point's id: `voltage_l1`. */
  key: string;
  name: string;
  pointType: 'analog_input' | 'analog_output' | 'binary_output' | 'counter' | 'string';
  address: Readonly<Record<string, unknown>>;
  dataType: ValueType;
  unit?: string;
  /** Raw value times this is the unit's. @default 1 */
  scaleFactor?: number;
  ratio?: Ratio;
  /** IEC 62056-61, where the value has such a name. */
  obis?: string;
  /** Changes slowly, or is long: read once a minute. */
  isSlow?: boolean;
  isWritable?: boolean;
}

export interface Profile {
  id: string;
  maker: string;
  model: string;
  source: ProfileSource;
  /** Settings of the Modbus device: limits and order of bytes. */
  device: { maxRegisters?: number; order?: ByteOrder; canWriteSingle?: boolean; maxGap?: number };
  points: readonly ProfilePoint[];
}

interface RowOptions {
  scaleFactor?: number;
  ratio?: Ratio;
  obis?: string;
  isSlow?: boolean;
}

/** Rows of one table and type, as register lists are written: key, name, address, unit, and what is special. */
export function rows(
  table: Table,
  dataType: ValueType,
  list: readonly (readonly [key: string, name: string, address: number, unit: string, options?: RowOptions])[],
  common: RowOptions & { sentinels?: readonly number[] } = {},
): ProfilePoint[] {
  const { sentinels, ...shared } = common;
  return list.map(([key, name, address, unit, options]) => ({
    key,
    name,
    pointType: key.startsWith('energy_') ? 'counter' : 'analog_input',
    address: { table, address, ...(sentinels && { sentinels }) },
    dataType,
    ...(unit !== '' && { unit }),
    ...shared,
    ...options,
  }));
}
