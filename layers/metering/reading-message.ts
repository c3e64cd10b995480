/**
 * Reads the documented meter message:
 * `{"event_type":"meter_reading","timestamp":…,"meter_id":…,"meter_type":…,"data":{"reading":…,"voltage":…}}`,
 * alone or as an array. It runs for every reading of the fleet, so it is written by hand and says as precisely as
 * a schema would what is wrong.
 */
import { isUtf8 } from 'node:buffer';
import { parseTime } from './reading-time.ts';
import { toUnits } from './register.ts';
import { isRejection, type Rejection, reject } from './rejection-reasons.ts';

/** A reading as reported, numbers checked for type and not yet for sense. */
export interface ReportedReading extends Measurements {
  meterId: string;
  timeMs: number;
  /** Register units. */
  register: number;
}

export interface Measurements {
  voltage?: number;
  current?: number;
  powerFactor?: number;
  powerKw?: number;
  frequency?: number;
  /** Units of the register of energy fed into the network. */
  exportRegister?: number;
  /** Consumption as the device itself counted it, in kWh: kept for comparison, never billed. */
  reportedConsumptionKwh?: number;
  /** Register units by OBIS code. */
  registers?: Record<string, number>;
}

/** MQTT allows 128 KB a message in AWS IoT Core. */
const maxMessageBytes = 128 * 1024;
/** As the meter id of a topic: the message is an array with readings of any meters of the station. */
const anyMeter = '_';

const meterIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Reduced or full OBIS code (IEC 62056-61), e.g. `1.8.1` or `1-0:1.8.1*255`. */
export const obisPattern = /^(?:\d{1,3}-\d{1,3}:)?\d{1,3}\.\d{1,3}\.\d{1,3}(?:\*\d{1,3})?$/;
const maxRegisters = 8;

/** Optional measurements by their names in messages. */
const measurementNames = [
  ['voltage', 'voltage'],
  ['current', 'current'],
  ['power_factor', 'powerFactor'],
  ['power_kw', 'powerKw'],
  ['frequency', 'frequency'],
  ['consumption', 'reportedConsumptionKwh'],
] as const;

/** JSON of a message that travelled as base64, or why there is none. */
export function decodeMessage(base64: string): { value: unknown } | Rejection {
  if (base64.length > (maxMessageBytes * 4) / 3 + 4)
    return reject('payload_too_large', `More than ${maxMessageBytes} bytes.`);
  const bytes = Buffer.from(base64, 'base64');
  if (!isUtf8(bytes)) return reject('invalid_json', 'Not UTF-8.');
  return parseJson(bytes.toString('utf8'));
}

function parseJson(text: string): { value: unknown } | Rejection {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return reject('invalid_json', (error as Error).message);
  }
}

/** @param topicMeterId what the topic says; `_` allows any meter */
export function readReading(value: unknown, topicMeterId: string): ReportedReading | Rejection {
  if (!isRecord(value)) return reject('invalid_payload', 'A reading is a JSON object.');
  const { event_type: eventType, meter_id: meterId, timestamp, data } = value;
  if (eventType !== undefined && eventType !== 'meter_reading')
    return reject('unexpected_event_type', `event_type ${show(eventType)} is not "meter_reading".`);
  if (typeof meterId !== 'string' || !meterIdPattern.test(meterId))
    return reject('invalid_payload', `meter_id ${show(meterId)} is not a meter number.`);
  if (topicMeterId !== anyMeter && meterId !== topicMeterId)
    return reject('meter_id_mismatch', `The topic says "${topicMeterId}", the message "${meterId}".`);
  const timeMs = typeof timestamp === 'string' ? parseTime(timestamp) : undefined;
  if (timeMs === undefined)
    return reject('invalid_timestamp', `timestamp ${show(timestamp)} is not like "2026-01-31T10:30:00Z".`);
  if (!isRecord(data)) return reject('invalid_payload', 'data is not an object.');
  const register = toUnits(data['reading']);
  if (register === undefined)
    return reject('invalid_payload', `data.reading ${show(data['reading'])} is not a number.`);
  const measurements = readMeasurements(data);
  if (isRejection(measurements)) return measurements;
  const reading = measurements as ReportedReading;
  reading.meterId = meterId;
  reading.timeMs = timeMs;
  reading.register = register;
  return reading;
}

function readMeasurements(data: Record<string, unknown>): Measurements | Rejection {
  const measurements: Measurements = {};
  for (const [name, attribute] of measurementNames) {
    const value = data[name];
    if (value === undefined || value === null) continue;
    // JSON has numbers that are none here: 1e999 is read as infinity.
    if (typeof value !== 'number' || !Number.isFinite(value))
      return reject('invalid_payload', `data.${name} ${show(value)} is not a number.`);
    measurements[attribute] = value;
  }
  const exported = data['reading_export'];
  if (exported !== undefined && exported !== null) {
    const units = toUnits(exported);
    if (units === undefined) return reject('invalid_payload', `data.reading_export ${show(exported)} is not a number.`);
    measurements.exportRegister = units;
  }
  if (data['registers'] !== undefined && data['registers'] !== null) {
    const registers = readRegisters(data['registers']);
    if (isRejection(registers)) return registers;
    measurements.registers = registers.byCode;
  }
  return measurements;
}

export function readRegisters(value: unknown): { byCode: Record<string, number> } | Rejection {
  if (!isRecord(value)) return reject('invalid_payload', 'data.registers is not an object.');
  const byCode: Record<string, number> = {};
  const entries = Object.entries(value);
  if (entries.length > maxRegisters) return reject('invalid_payload', `data.registers has more than ${maxRegisters}.`);
  for (const [code, kwh] of entries) {
    const units = toUnits(kwh);
    if (!obisPattern.test(code)) return reject('invalid_payload', `"${code.slice(0, 40)}" is not an OBIS code.`);
    if (units === undefined) return reject('invalid_payload', `data.registers["${code}"] is not a number.`);
    byCode[code] = units;
  }
  return { byCode };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for an error message, short and never the whole message. */
export function show(value: unknown): string {
  return value === undefined ? '(missing)' : (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
