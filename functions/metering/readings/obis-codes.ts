/** Codes of registers as devices write them (IEC 62056-6-1): whole (`1-0:1.8.1*255`) or short (`1.8.1`). */
import type { MeterReading } from './readings-store.ts';

/**
 * Without medium, channel, and the 255 of what is counted now. Any other value group F is of a billing period that has ended
 * (`1.8.1*01`), which is another register.
 */
export const reduced = (code: string): string => code.replace(/^\d+-\d+:/, '').replace(/\*255$/, '');

/** Units of a register, by its short code. */
export function registerOf({ registers = {} }: MeterReading, code: string): number | undefined {
  const found = Object.keys(registers).find((each) => reduced(each) === code);
  return found === undefined ? undefined : registers[found];
}
