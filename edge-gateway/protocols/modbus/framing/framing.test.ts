import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModbusFrameError } from '../errors.ts';
import { encodeRequest, encodeResponse, requestLength, responseLength } from '../pdu/codec.ts';
import { arbitraryExchange } from '../test-support/arbitrary-exchange.ts';
import { crc16 } from './crc16.ts';
import { encodeMbap, type MbapFrame, MbapReader } from './mbap.ts';
import { encodeRtu, type RtuFrame, RtuReader, silentIntervalMs } from './rtu.ts';

/** The stream cut at the given places. */
function cut(stream: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (stream.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => stream.subarray(from, sorted[index] ?? stream.length));
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });

describe('CRC-16', () => {
  it('agrees with the worked example of Serial Line V1.02, section 6.2.2', () => {
    // 02 07 gives 1241 hexadecimal: sent 41 12.
    expect(crc16(Buffer.of(2, 7))).toBe(0x1241);
    expect(encodeRtu(2, Buffer.of(7)).toString('hex')).toBe('02074112');
  });
});

describe('frames on TCP', () => {
  it('are found however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(arbitraryExchange, { minLength: 1, maxLength: 6 }), cuts, (exchanges, places) => {
        const sent = exchanges.map(({ request }, index) => ({
          transactionId: index * 7919,
          unit: index,
          pdu: encodeRequest(request),
        }));
        const reader = new MbapReader();
        const found: MbapFrame[] = [];
        const stream = Buffer.concat(sent.map((frame) => encodeMbap(frame.transactionId, frame.unit, frame.pdu)));
        for (const chunk of cut(stream, places)) reader.push(chunk, (frame) => found.push(frame));
        expect(found).toEqual(sent);
      }),
      { numRuns: 150 },
    );
  });

  it.each(['0001000100060a0300000001', '000100000001', '0001000000ff0a03'])(
    'that are none (%s) end the stream',
    (bytes) => {
      expect(() => new MbapReader().push(Buffer.from(bytes.padEnd(16, '0'), 'hex'), () => {})).toThrow(
        ModbusFrameError,
      );
    },
  );
});

describe('frames on a serial line', () => {
  const all = () => true;

  it('are found however the stream is cut, requests and responses', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryExchange, { minLength: 1, maxLength: 5 }),
        cuts,
        fc.boolean(),
        (exchanges, places, asked) => {
          const pdus = exchanges
            .filter(({ request }) => request.kind !== 'diagnostics')
            .map(({ request, response }) => (asked ? encodeRequest(request) : encodeResponse(response)));
          const reader = new RtuReader(asked ? requestLength : responseLength, all);
          const found: RtuFrame[] = [];
          const stream = Buffer.concat(pdus.map((pdu, index) => encodeRtu(index + 1, pdu)));
          for (const chunk of cut(stream, places)) found.push(...reader.push(chunk));
          expect(found).toEqual(pdus.map((pdu, index) => ({ unit: index + 1, pdu })));
          expect(reader.isEmpty).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are found behind noise, and a frame with a wrong CRC is none', () => {
    const frame = encodeRtu(17, Buffer.from('0304000a000b', 'hex'));
    const damaged = Buffer.from(frame);
    damaged[4]! ^= 1;
    const reader = new RtuReader(responseLength, (unit, code) => unit === 17 && (code & 0x7f) === 3);
    expect(reader.push(Buffer.concat([Buffer.of(0, 0xff), damaged, frame]))).toEqual([
      { unit: 17, pdu: Buffer.from('0304000a000b', 'hex') },
    ]);
    expect(reader.crcErrors).toBe(1);
    expect(reader.skipped).toBe(2 + damaged.length);
  });

  it('end with the line’s silence where no count tells', () => {
    const pdu = Buffer.from('0800000102030405', 'hex').subarray(0, 7);
    const reader = new RtuReader(requestLength, all);
    expect(reader.push(encodeRtu(3, pdu))).toEqual([]);
    expect(reader.silence()).toEqual([{ unit: 3, pdu }]);
    expect(reader.isEmpty).toBe(true);
  });

  it('that never end do not fill the memory', () => {
    const reader = new RtuReader(responseLength, all);
    for (let index = 0; index < 1_000; index += 1) reader.push(Buffer.alloc(1_000, 0x08));
    expect(reader.skipped).toBeGreaterThan(900_000);
  });

  it('keep the silent interval of their speed', () => {
    expect(silentIntervalMs(9_600)).toBeCloseTo(4.01, 2);
    expect(silentIntervalMs(19_200)).toBeCloseTo(2.005, 3);
    expect(silentIntervalMs(115_200)).toBe(1.75);
  });
});
