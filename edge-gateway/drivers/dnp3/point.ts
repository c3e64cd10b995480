/** A point as the driver works with it, and how it comes from its address and data type. */
import * as z from 'zod/mini';
import type { PointKind } from '../../protocols/dnp3/index.ts';
import type { IssueCollector } from '../configuration-error.ts';

const groups = [
  'binary_input',
  'double_bit',
  'double_bit_input',
  'binary_output',
  'counter',
  'frozen_counter',
  'analog_input',
  'frozen_analog_input',
  'analog_output',
  'octet_string',
] as const;

const milliseconds = z.number().check(z.int(), z.gte(0), z.lte(0xffffffff));

const addressSchema = z.strictObject({
  group: z.enum(groups),
  index: z.number().check(z.int(), z.gte(0), z.lte(65_535)),
  /** Read at the point's scan rate, for points whose changes the outstation does not keep as events. */
  scan: z._default(z.boolean(), false),
  /** Binary outputs: what writing true and false becomes. @default latch */
  control: z._default(z.enum(['latch', 'pulse', 'trip_close']), 'latch'),
  /** Length of pulses, unless the command says. */
  onMs: z._default(milliseconds, 100),
  offMs: z._default(milliseconds, 100),
});

export type SetPointType = 'int16' | 'int32' | 'float32' | 'float64';
const setPointTypes: readonly string[] = ['int16', 'int32', 'float32', 'float64'];

export interface Dnp3Point {
  kind: PointKind;
  index: number;
  scan: boolean;
  control: 'latch' | 'pulse' | 'trip_close';
  onMs: number;
  offMs: number;
  dataType: string;
}

const numbers = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'];

const typesOf: Record<PointKind, readonly string[]> = {
  binary_input: ['boolean'],
  binary_output: ['boolean'],
  double_bit_input: ['double_bit', 'boolean', 'uint8'],
  counter: numbers,
  frozen_counter: numbers,
  analog_input: numbers,
  frozen_analog_input: numbers,
  analog_output: setPointTypes,
  octet_string: ['string', 'bytes'],
};

/** `analog_input:3` is short for `{ "group": "analog_input", "index": 3 }`. */
function fromText(text: string): unknown {
  const match = /^([a-z_]+):(\d{1,5})$/.exec(text);
  return match ? { group: match[1], index: Number(match[2]) } : undefined;
}

export function parsePoint(
  input: { id: string; address: unknown; dataType: string; writable: boolean },
  issues: IssueCollector,
): Dnp3Point | undefined {
  const path = `points[${input.id}]`;
  const given = typeof input.address === 'string' ? fromText(input.address) : input.address;
  if (given === undefined) {
    issues.add(`${path}.address`, `"${input.address}" is no address such as "analog_input:3".`);
    return undefined;
  }
  const address = issues.parse(addressSchema, given, `${path}.address`);
  if (!address) return undefined;
  const kind: PointKind = address.group === 'double_bit' ? 'double_bit_input' : address.group;
  if (!typesOf[kind].includes(input.dataType)) {
    issues.add(
      `${path}.dataType`,
      `A ${address.group} is one of ${typesOf[kind].join(', ')}, not "${input.dataType}".`,
    );
  }
  if (input.writable && kind !== 'binary_output' && kind !== 'analog_output') {
    issues.add(`${path}.writable`, `A ${address.group} cannot be written.`);
  }
  const { index, scan, control, onMs, offMs } = address;
  return { kind, index, scan, control, onMs, offMs, dataType: input.dataType };
}
