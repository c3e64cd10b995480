/** A point as the driver works with it, and how it comes from its address and data type. */
import { maxRegistersRead } from '../../protocols/modbus/index.ts';
import type { IssueCollector } from '../configuration-error.ts';
import { type Address, addressSchema, isBitTable, isModelAddress, parseAddressText, type Table } from './address.ts';
import type { ModbusDevice } from './settings.ts';
import { lengthOfType, type RegisterFormat, typeAliases, type ValueType, valueTypes } from './value-types.ts';

export interface ModbusPoint {
  address: Address;
  format: RegisterFormat;
  operate: Partial<Record<string, number>>;
}

/** A point at its place in the device: for SunSpec, known once the models were found. */
export interface PlacedPoint {
  id: string;
  table: Table;
  address: number;
  format: RegisterFormat;
  operate: Partial<Record<string, number>>;
  /** First register or bit to be read, and how many: with the scale register, where it has one. */
  start: number;
  length: number;
  scaleAddress?: number;
}

export function parsePoint(
  input: { id: string; address: unknown; dataType: string; writable: boolean },
  device: ModbusDevice,
  issues: IssueCollector,
): ModbusPoint | undefined {
  const path = `points[${input.id}]`;
  const type = typeAliases[input.dataType] ?? input.dataType;
  if (!valueTypes.includes(type as ValueType)) {
    issues.add(`${path}.dataType`, `"${input.dataType}" is none of ${valueTypes.join(', ')}.`);
    return undefined;
  }
  const text = typeof input.address === 'number' ? String(input.address) : input.address;
  const given = typeof text === 'string' ? parseAddressText(text) : text;
  if (!given) {
    issues.add(`${path}.address`, `"${text}" is no address such as "holding:97", "coil:3" or "40098".`);
    return undefined;
  }
  const address = issues.parse(addressSchema, given, `${path}.address`);
  if (!address) return undefined;
  const format = formatOf(type as ValueType, address, device, `${path}.address`, issues);
  if (!format) return undefined;
  const table = isModelAddress(address) ? 'holding_register' : address.table;
  if (isBitTable(table) && format.type !== 'boolean') issues.add(`${path}.dataType`, `A ${table} holds a boolean.`);
  if (input.writable && (table === 'input_register' || table === 'discrete_input')) {
    issues.add(`${path}.writable`, `A ${table} cannot be written.`);
  }
  return { address, format, operate: address.operate ?? {} };
}

function formatOf(
  type: ValueType,
  address: Address,
  device: ModbusDevice,
  path: string,
  issues: IssueCollector,
): RegisterFormat | undefined {
  const bits = address.bits ?? (address.bit === undefined ? undefined : { from: address.bit, count: 1 });
  const length =
    lengthOfType(type) ?? address.length ?? (type === 'bitfield' ? (lastBit(bits) > 15 ? 2 : 1) : undefined);
  if (length === undefined) {
    issues.add(`${path}.length`, 'A text needs its length in registers.');
    return undefined;
  }
  if (address.length !== undefined && address.length !== length) {
    issues.add(`${path}.length`, `A ${type} takes ${length} registers.`);
  }
  if (bits && type !== 'boolean' && type !== 'bitfield') issues.add(path, `A ${type} has no single bits.`);
  if (bits && lastBit(bits) >= length * 16) issues.add(path, `Bit ${lastBit(bits)} is outside ${length} registers.`);
  if (type === 'bitfield' && length > 2) issues.add(`${path}.length`, 'A bit field takes one or two registers.');
  if (length > device.maxRegisters) issues.add(path, `${length} registers exceed the device’s ${device.maxRegisters}.`);
  const is64 = type === 'int64' || type === 'uint64';
  const sentinels = address.sentinels?.map((value) => (is64 ? BigInt(value) : Number(value)));
  const order = address.order ?? device.order;
  // A text has no high and low word: only the bytes within its registers may be swapped.
  const textOrder = order === 'BADC' || order === 'DCBA' ? 'BADC' : 'ABCD';
  return {
    type,
    order: type === 'string' ? textOrder : order,
    length,
    ...(bits && { bits }),
    ...(sentinels && { sentinels }),
  };
}

const lastBit = (bits: RegisterFormat['bits']): number => (bits ? bits.from + bits.count - 1 : 0);

/** @returns undefined with the reason when value and scale are too far apart for one request */
export function placePoint(
  id: string,
  point: ModbusPoint,
  table: Table,
  address: number,
  scaleAddress: number | undefined,
): PlacedPoint | string {
  const { format, operate } = point;
  const length = isBitTable(table) ? 1 : format.length;
  const start = Math.min(address, scaleAddress ?? address);
  const end = Math.max(address + length, (scaleAddress ?? address) + 1);
  if (end > 65_536) return `register ${end - 1} is outside 0 to 65535`;
  if (end - start > maxRegistersRead && !isBitTable(table)) return 'value and scale are more than 125 registers apart';
  return {
    id,
    table,
    address,
    format,
    operate,
    start,
    length: end - start,
    ...(scaleAddress !== undefined && { scaleAddress }),
  };
}
