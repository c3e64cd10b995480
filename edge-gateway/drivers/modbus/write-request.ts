/** A control as the one Modbus request that carries it out. A value of several registers is written by one request, whole. */
import { type Request, registers } from '../../protocols/modbus/index.ts';
import type { ControlAction, PointValue } from '../../runtime/driver.ts';
import type { PlacedPoint } from './point.ts';
import { encodeValue } from './value-types.ts';

/** Why a control cannot be said in Modbus: nothing was sent. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';
}

const statesOfCodes: Readonly<Record<string, boolean>> = { latch_on: true, close: true, latch_off: false, trip: false };

/** The value that a control writes. @throws UnwritableError */
function writtenValue(point: PlacedPoint, action: ControlAction): PointValue {
  if (action.kind === 'write') return action.value;
  const value = point.operate[action.code];
  if (value !== undefined) return value;
  const state = statesOfCodes[action.code];
  if (state === undefined || point.format.type !== 'boolean') {
    throw new UnwritableError(`"${action.code}" has no value for this point, and Modbus knows no such control.`);
  }
  return state;
}

/** @param scale power of ten that the device tells for this point */
export function writeRequestOf(
  point: PlacedPoint,
  action: ControlAction,
  { canWriteSingle, scale = 0 }: { canWriteSingle: boolean; scale?: number },
): Request {
  const { table, address, format } = point;
  const value = writtenValue(point, action);
  if (table === 'coil') return { kind: 'write_single_coil', address, value: booleanOf(value) };
  if (table !== 'holding_register') throw new UnwritableError(`A ${table} cannot be written.`);
  if (format.type === 'boolean' || (format.type === 'bitfield' && format.bits)) return maskedWrite(point, value);
  const data = encoded(point, scale === 0 ? value : Number(value) / 10 ** scale);
  if (data.length === 2 && canWriteSingle)
    return { kind: 'write_single_register', address, value: data.readUInt16BE() };
  return { kind: 'write_multiple_registers', address, data };
}

function encoded({ format }: PlacedPoint, value: PointValue): Buffer {
  try {
    // A scaled whole number is whole again but for the last bit of its fraction.
    const whole = typeof value === 'number' && !format.type.startsWith('float') ? nearlyWhole(value) : value;
    return encodeValue(format, whole);
  } catch (error) {
    if (error instanceof RangeError) throw new UnwritableError(`${error.message} (${format.type})`, { cause: error });
    throw error;
  }
}

const nearlyWhole = (value: number): number =>
  Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(Math.abs(value), 1) ? Math.round(value) : value;

/** Some bits of a register, by function 22: the device changes them without anybody coming in between. */
function maskedWrite({ address, format }: PlacedPoint, value: PointValue): Request {
  if (format.length !== 1) throw new UnwritableError('Bits of two registers cannot be written at once.');
  const { from, count } = format.bits ?? { from: 0, count: 1 };
  const number = format.type === 'boolean' ? Number(booleanOf(value)) : Number(value);
  if (!Number.isInteger(number) || number < 0 || number >= 2 ** count) {
    throw new UnwritableError(`${String(value)} does not fit ${count} bits.`);
  }
  const mask = ((2 ** count - 1) << from) & 0xffff;
  // Swapped bytes move a bit to the other half of its register.
  const isSwapped = format.order === 'BADC' || format.order === 'DCBA';
  const place = (word: number): number => (isSwapped ? registers(word).swap16().readUInt16BE() : word);
  return {
    kind: 'mask_write_register',
    address,
    andMask: ~place(mask) & 0xffff,
    orMask: place((number << from) & 0xffff),
  };
}

function booleanOf(value: PointValue): boolean {
  if (value === true || value === 1 || value === 1n) return true;
  if (value === false || value === 0 || value === 0n) return false;
  throw new UnwritableError(`${String(value)} is no state of a switch.`);
}
