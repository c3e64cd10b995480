/** Any valid request with any valid answer to it, for property tests. */
import fc from 'fast-check';
import type { Request, Response } from '../pdu/messages.ts';

interface Exchange {
  request: Request;
  response: Response;
}

const word = fc.integer({ min: 0, max: 0xffff });
const words = (min: number, max: number) =>
  fc.array(word, { minLength: min, maxLength: max }).map((values) => {
    const data = Buffer.alloc(values.length * 2);
    values.forEach((value, index) => {
      data.writeUInt16BE(value, index * 2);
    });
    return data;
  });
const address = fc.integer({ min: 0, max: 0xffff - 2000 });
const bits = (max: number) => fc.array(fc.boolean(), { minLength: 1, maxLength: max });
const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((value) => Buffer.from(value));

const readBits = fc
  .tuple(fc.constantFrom('read_coils' as const, 'read_discrete_inputs' as const), address, bits(2000))
  .map(
    ([kind, at, values]): Exchange => ({
      request: { kind, address: at, quantity: values.length },
      response: { kind, bits: values },
    }),
  );

const readRegisters = fc
  .tuple(fc.constantFrom('read_holding_registers' as const, 'read_input_registers' as const), address, words(1, 125))
  .map(
    ([kind, at, data]): Exchange => ({
      request: { kind, address: at, quantity: data.length / 2 },
      response: { kind, data },
    }),
  );

const writes = fc.oneof(
  fc.tuple(address, fc.boolean()).map(([at, value]): Exchange => {
    const message = { kind: 'write_single_coil' as const, address: at, value };
    return { request: message, response: message };
  }),
  fc.tuple(address, word).map(([at, value]): Exchange => {
    const message = { kind: 'write_single_register' as const, address: at, value };
    return { request: message, response: message };
  }),
  fc.tuple(address, bits(1968)).map(
    ([at, values]): Exchange => ({
      request: { kind: 'write_multiple_coils', address: at, bits: values },
      response: { kind: 'write_multiple_coils', address: at, quantity: values.length },
    }),
  ),
  fc.tuple(address, words(1, 123)).map(
    ([at, data]): Exchange => ({
      request: { kind: 'write_multiple_registers', address: at, data },
      response: { kind: 'write_multiple_registers', address: at, quantity: data.length / 2 },
    }),
  ),
  fc.tuple(address, word, word).map(([at, andMask, orMask]): Exchange => {
    const message = { kind: 'mask_write_register' as const, address: at, andMask, orMask };
    return { request: message, response: message };
  }),
  fc.tuple(address, words(1, 125), address, words(1, 121)).map(
    ([readAt, data, writeAt, written]): Exchange => ({
      request: {
        kind: 'read_write_multiple_registers',
        read: { address: readAt, quantity: data.length / 2 },
        write: { address: writeAt, data: written },
      },
      response: { kind: 'read_write_multiple_registers', data },
    }),
  ),
);

const reference = { fileNumber: fc.integer({ min: 1, max: 0xffff }), recordNumber: fc.integer({ min: 0, max: 9999 }) };

const others = fc.oneof(
  fc.tuple(address, words(0, 31)).map(
    ([at, data]): Exchange => ({
      request: { kind: 'read_fifo_queue', address: at },
      response: { kind: 'read_fifo_queue', data },
    }),
  ),
  fc.array(fc.record({ ...reference, data: words(1, 20) }), { minLength: 1, maxLength: 5 }).map((records): Exchange => {
    const message = { kind: 'write_file_record' as const, records };
    return { request: message, response: message };
  }),
  fc.array(fc.record({ ...reference, data: words(1, 20) }), { minLength: 1, maxLength: 5 }).map(
    (records): Exchange => ({
      request: {
        kind: 'read_file_record',
        records: records.map(({ fileNumber, recordNumber, data }) => ({
          fileNumber,
          recordNumber,
          length: data.length / 2,
        })),
      },
      response: { kind: 'read_file_record', records: records.map(({ data }) => data) },
    }),
  ),
  fc.tuple(word, word).map(([subFunction, value]): Exchange => {
    const data = Buffer.of(value >> 8, value & 0xff);
    return {
      request: { kind: 'diagnostics', subFunction, data },
      response: { kind: 'diagnostics', subFunction, data },
    };
  }),
  fc.tuple(word, word, word, bytes(64)).map(
    ([status, eventCount, messageCount, events]): Exchange => ({
      request: { kind: 'get_comm_event_log' },
      response: { kind: 'get_comm_event_log', status, eventCount, messageCount, events },
    }),
  ),
  bytes(251).map(
    (data): Exchange => ({
      request: { kind: 'report_server_id' },
      response: { kind: 'report_server_id', data },
    }),
  ),
  fc
    .tuple(
      fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
      fc.integer({ min: 0, max: 255 }),
      fc.boolean(),
      fc.array(fc.record({ id: fc.integer({ min: 0, max: 255 }), value: bytes(40) }), { maxLength: 5 }),
    )
    .map(
      ([level, objectId, moreFollows, objects]): Exchange => ({
        request: { kind: 'read_device_identification', level, objectId },
        response: {
          kind: 'read_device_identification',
          level,
          conformity: 0x83,
          moreFollows,
          nextObjectId: 0,
          objects,
        },
      }),
    ),
);

export const arbitraryExchange: fc.Arbitrary<Exchange> = fc.oneof(readBits, readRegisters, writes, others);
