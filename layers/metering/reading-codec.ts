/**
 * A stored reading as one short text. A fleet of a million meters keeps 35 billion readings a year, so names of
 * attributes are not repeated in each: fields have positions, which only ever grow at the end.
 */
import type { Measurements } from './reading-message.ts';

export type ReadingSource = 'mqtt' | 'api' | 'manual' | 'mobile';

export interface StoredReading extends Measurements {
  /** Register units. */
  register: number;
  /** When it reached us, milliseconds. */
  receivedMs: number;
  source: ReadingSource;
}

const sourceLetters: Record<ReadingSource, string> = { mqtt: 'q', api: 'a', manual: 'm', mobile: 'f' };
const sourceOfLetter: Record<string, ReadingSource> = { q: 'mqtt', a: 'api', m: 'manual', f: 'mobile' };

export function packReading(
  reading: Omit<StoredReading, 'receivedMs' | 'source'>,
  receivedMs: number,
  source: ReadingSource,
): string {
  const { voltage, current, powerFactor, powerKw, frequency, exportRegister, reportedConsumptionKwh, registers } =
    reading;
  const fields = [
    voltage,
    current,
    powerFactor,
    powerKw,
    frequency,
    exportRegister,
    reportedConsumptionKwh,
    registers === undefined
      ? undefined
      : Object.entries(registers)
          .map(([code, units]) => `${code}=${units}`)
          .join(';'),
  ];
  // Fields at the end that carry nothing are left away; Array.join writes nothing for undefined in between.
  while (fields.length > 0 && fields.at(-1) === undefined) fields.pop();
  const head = `${reading.register},${sourceLetters[source]},${receivedMs}`;
  return fields.length === 0 ? head : `${head},${fields.join(',')}`;
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
