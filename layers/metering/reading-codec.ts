/**
 * A stored reading as one short text. A fleet of a million meters keeps 35 billion readings a year, so names of
 * attributes are not repeated in each: fields have positions, which only ever grow at the end.
 */
import type { Measurements } from './reading-message.ts';

export type ReadingSource = 'mqtt' | 'api' | 'manual';

export interface StoredReading extends Measurements {
  /** Register units. */
  register: number;
  /** When it reached us, milliseconds. */
  receivedMs: number;
  source: ReadingSource;
}

const sourceLetters: Record<ReadingSource, string> = { mqtt: 'q', api: 'a', manual: 'm' };
const sourceOfLetter: Record<string, ReadingSource> = { q: 'mqtt', a: 'api', m: 'manual' };

export function packReading(reading: StoredReading): string {
  const { registers } = reading;
  const fields = [
    reading.register,
    sourceLetters[reading.source],
    reading.receivedMs,
    reading.voltage,
    reading.current,
    reading.powerFactor,
    reading.powerKw,
    reading.frequency,
    reading.exportRegister,
    reading.reportedConsumptionKwh,
    registers === undefined
      ? undefined
      : Object.entries(registers)
          .map(([code, units]) => `${code}=${units}`)
          .join(';'),
  ];
  // Array.join writes nothing for undefined, and empty fields at the end carry nothing.
  let text = fields.join(',');
  while (text.endsWith(',')) text = text.slice(0, -1);
  return text;
}

export function unpackReading(text: string): StoredReading {
  const [register, letter = '', receivedMs, ...rest] = text.split(',');
  const [voltage, current, powerFactor, powerKw, frequency, exported, reported, registers] = rest;
  return {
    register: Number(register),
    source: sourceOfLetter[letter] ?? 'api',
    receivedMs: Number(receivedMs),
    ...(voltage ? { voltage: Number(voltage) } : {}),
    ...(current ? { current: Number(current) } : {}),
    ...(powerFactor ? { powerFactor: Number(powerFactor) } : {}),
    ...(powerKw ? { powerKw: Number(powerKw) } : {}),
    ...(frequency ? { frequency: Number(frequency) } : {}),
    ...(exported ? { exportRegister: Number(exported) } : {}),
    ...(reported ? { reportedConsumptionKwh: Number(reported) } : {}),
    ...(registers ? { registers: unpackRegisters(registers) } : {}),
  };
}

function unpackRegisters(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(';').map((entry) => {
      const [code = '', units] = entry.split('=');
      return [code, Number(units)];
    }),
  );
}
