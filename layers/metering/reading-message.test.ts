import { describe, expect, it } from 'vitest';
import { decodeMessage, readReading } from './reading-message.ts';

const documented = {
  event_type: 'meter_reading',
  timestamp: '2024-12-15T10:30:00Z',
  meter_id: 'ACR-001234',
  meter_type: 'ADL200',
  data: { reading: 15234.56, consumption: 125.5, voltage: 220.5, current: 15.2, power_factor: 0.95 },
};
const withData = (data: object) => ({ ...documented, data: { ...documented.data, ...data } });
const reasonOf = (value: unknown, topicMeterId = 'ACR-001234') => readReading(value, topicMeterId);

describe('the meter message', () => {
  it('reads the documented message', () => {
    expect(readReading(documented, 'ACR-001234')).toEqual({
      meterId: 'ACR-001234',
      timeMs: Date.UTC(2024, 11, 15, 10, 30),
      register: 15_234_560_000,
      reportedConsumptionKwh: 125.5,
      voltage: 220.5,
      current: 15.2,
      powerFactor: 0.95,
    });
  });

  it('keeps further known fields and ignores unknown ones', () => {
    const reading = readReading(
      withData({ power_kw: 3.2, frequency: 50, reading_export: 1.5, registers: { '1.8.1': 7 }, colour: 'red' }),
      '_',
    );
    expect(reading).toMatchObject({
      powerKw: 3.2,
      frequency: 50,
      exportRegister: 1_500_000,
      registers: { '1.8.1': 7_000_000 },
    });
    expect(reading).not.toHaveProperty('colour');
  });

  it.each([
    ['invalid_payload', null],
    ['invalid_payload', []],
    ['invalid_payload', { ...documented, meter_id: 5 }],
    ['invalid_payload', { ...documented, meter_id: 'a/b' }],
    ['invalid_payload', { ...documented, data: undefined }],
    ['invalid_payload', withData({ reading: 'abc' })],
    ['invalid_payload', withData({ reading: null })],
    ['invalid_payload', withData({ voltage: '220' })],
    ['invalid_payload', withData({ consumption: Number.POSITIVE_INFINITY })],
    ['invalid_payload', withData({ registers: { 'not obis': 1 } })],
    ['invalid_timestamp', { ...documented, timestamp: 1734258600 }],
    ['invalid_timestamp', { ...documented, timestamp: '2024-02-30T00:00:00Z' }],
    ['unexpected_event_type', { ...documented, event_type: 'alert' }],
    ['meter_id_mismatch', { ...documented, meter_id: 'ACR-999' }],
  ])('refuses with %s: %j', (reason, value) => {
    expect(reasonOf(value)).toMatchObject({ reason });
  });

  it('names the field and its value in the detail', () => {
    expect(reasonOf(withData({ current: '15' }))).toMatchObject({ detail: 'data.current "15" is not a number.' });
  });

  it('decodes base64 to JSON or says why not', () => {
    const encode = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
    expect(decodeMessage(encode('{"a":1}'))).toEqual({ value: { a: 1 } });
    expect(decodeMessage(encode('{"a":NaN}'))).toMatchObject({ reason: 'invalid_json' });
    expect(decodeMessage(encode(Buffer.from([0x22, 0xff, 0x22])))).toMatchObject({ reason: 'invalid_json' });
    expect(decodeMessage('')).toMatchObject({ reason: 'invalid_json' });
    expect(decodeMessage('A'.repeat(180_000))).toMatchObject({ reason: 'payload_too_large' });
  });
});
