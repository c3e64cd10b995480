import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModbusExceptionError, ModbusFrameError } from '../errors.ts';
import { arbitraryExchange } from '../test-support/arbitrary-exchange.ts';
import { examples } from '../test-support/specification-examples.ts';
import {
  decodeRequest,
  decodeResponse,
  encodeException,
  encodeRequest,
  encodeResponse,
  kinds,
  requestLength,
  responseLength,
} from './codec.ts';
import { type Request, registers } from './messages.ts';

const hex = (value: string): Buffer => Buffer.from(value, 'hex');

describe('the specification’s examples', () => {
  it('cover every function', () => {
    expect(new Set(examples.map(({ request }) => request.value.kind))).toEqual(new Set(kinds));
  });

  it.each(examples)('$section: parsed, generated and mirrored', ({ request, response }) => {
    expect(encodeRequest(request.value).toString('hex')).toBe(request.bytes);
    expect(decodeRequest(hex(request.bytes))).toEqual(request.value);
    expect(encodeResponse(response.value).toString('hex')).toBe(response.bytes);
    expect(decodeResponse(hex(response.bytes), request.value)).toEqual(response.value);
  });

  it.each(examples)('$section: the length is told by the beginning alone', ({ request, response }) => {
    const sent = requestLength(hex(request.bytes));
    if (sent !== 'silence') expect(sent).toBe(request.bytes.length / 2);
    const answered = responseLength(hex(response.bytes));
    if (answered !== 'silence') expect(answered).toBe(response.bytes.length / 2);
  });

  it.each(examples)('$section: cut anywhere, it is refused and never longer than it says', ({ request, response }) => {
    const whole = hex(response.bytes);
    for (let length = 0; length < whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      expect(() => decodeResponse(cut, request.value)).toThrow();
      const told = responseLength(cut);
      if (typeof told === 'number') expect(told).toBe(whole.length);
    }
  });
});

describe('any exchange', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(arbitraryExchange, ({ request, response }) => {
        const sent = encodeRequest(request);
        expect(sent.length).toBeLessThanOrEqual(253);
        expect(decodeRequest(sent)).toEqual(request);
        const answer = encodeResponse(response);
        expect(decodeResponse(answer, request)).toEqual(response);
        if (responseLength(answer) !== 'silence') expect(responseLength(answer)).toBe(answer.length);
        if (requestLength(sent) !== 'silence') expect(requestLength(sent)).toBe(sent.length);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a response', () => {
  const request: Request = { kind: 'read_holding_registers', address: 10, quantity: 2 };

  it('that is an exception is one by name', () => {
    expect(() => decodeResponse(encodeException(3, 2), request)).toThrow(new ModbusExceptionError(3, 2));
    expect(() => decodeResponse(hex('8302'), request)).toThrow('exception 2: illegal data address');
  });

  it.each([
    ['of another function', '040400010002'],
    ['with fewer registers than asked', '03020001'],
    ['with a byte count that lies', '030600010002'],
    ['with an exception that is too long', '830200'],
    ['that is empty', ''],
  ])('%s is refused', (_, bytes) => {
    expect(() => decodeResponse(hex(bytes), request)).toThrow(ModbusFrameError);
  });

  it.each<[string, Request, string]>([
    ['another coil', { kind: 'write_single_coil', address: 1, value: true }, '050002ff00'],
    ['another coil state', { kind: 'write_single_coil', address: 1, value: true }, '0500010000'],
    ['another register', { kind: 'write_single_register', address: 1, value: 3 }, '0600010004'],
    ['fewer registers', { kind: 'write_multiple_registers', address: 1, data: registers(1, 2) }, '1000010001'],
    ['fewer coils', { kind: 'write_multiple_coils', address: 1, bits: [true, false] }, '0f00010001'],
    ['another mask', { kind: 'mask_write_register', address: 4, andMask: 1, orMask: 2 }, '16000400010003'],
    ['another sub-function', { kind: 'diagnostics', subFunction: 2, data: registers(0) }, '0800030000'],
  ])('that confirms %s than was written is refused', (_, written, bytes) => {
    expect(() => decodeResponse(hex(bytes), written)).toThrow(ModbusFrameError);
  });
});

describe('a request', () => {
  it.each<[string, Request]>([
    ['reads too many registers', { kind: 'read_holding_registers', address: 0, quantity: 126 }],
    ['reads none', { kind: 'read_input_registers', address: 0, quantity: 0 }],
    ['reads past the last address', { kind: 'read_coils', address: 65_535, quantity: 2 }],
    ['reads too many coils', { kind: 'read_coils', address: 0, quantity: 2001 }],
    ['writes too many registers', { kind: 'write_multiple_registers', address: 0, data: Buffer.alloc(248) }],
    ['writes half a register', { kind: 'write_multiple_registers', address: 0, data: Buffer.alloc(3) }],
    ['writes too many coils', { kind: 'write_multiple_coils', address: 0, bits: new Array(1969).fill(true) }],
    ['writes what is no register value', { kind: 'write_single_register', address: 0, value: 65_536 }],
    [
      'reads records that make too long an answer',
      {
        kind: 'read_file_record',
        records: [{ fileNumber: 1, recordNumber: 0, length: 126 }],
      },
    ],
  ])('that %s is refused before it is sent', (_, request) => {
    expect(() => encodeRequest(request)).toThrow(RangeError);
  });

  it('of an unknown function is answered with exception 1', () => {
    expect(() => decodeRequest(hex('6500'))).toThrow(new ModbusExceptionError(0x65, 1));
  });

  it.each([
    '0300000000',
    '03000000ff',
    '0500010001',
    '10000100020300010002',
    '0f000100090101',
    '2b0d0100',
    '1407070000',
  ])('with impossible contents (%s) is malformed', (bytes) => {
    expect(() => decodeRequest(hex(bytes))).toThrow(ModbusFrameError);
  });
});
