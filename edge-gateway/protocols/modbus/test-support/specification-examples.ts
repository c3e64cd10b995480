/** The example that MODBUS Application Protocol V1.1b3 gives for each function, as bytes and as values. */
import { type Request, type Response, registers } from '../pdu/messages.ts';

export interface Example {
  section: string;
  request: { bytes: string; value: Request };
  response: { bytes: string; value: Response };
}

const bitsOf = (pattern: string): boolean[] => [...pattern.replaceAll(' ', '')].map((bit) => bit === '1');
const text = (value: string): string => Buffer.from(value).toString('hex');

export const examples: Example[] = [
  {
    section: '6.1 coils 20 to 38',
    request: { bytes: '0100130013', value: { kind: 'read_coils', address: 19, quantity: 19 } },
    response: {
      bytes: '0103cd6b05',
      value: { kind: 'read_coils', bits: bitsOf('10110011 11010110 101') },
    },
  },
  {
    section: '6.2 discrete inputs 197 to 218',
    request: { bytes: '0200c40016', value: { kind: 'read_discrete_inputs', address: 196, quantity: 22 } },
    response: {
      bytes: '0203acdb35',
      value: { kind: 'read_discrete_inputs', bits: bitsOf('00110101 11011011 101011') },
    },
  },
  {
    section: '6.3 holding registers 108 to 110',
    request: { bytes: '03006b0003', value: { kind: 'read_holding_registers', address: 107, quantity: 3 } },
    response: { bytes: '0306022b00000064', value: { kind: 'read_holding_registers', data: registers(0x22b, 0, 100) } },
  },
  {
    section: '6.4 input register 9',
    request: { bytes: '0400080001', value: { kind: 'read_input_registers', address: 8, quantity: 1 } },
    response: { bytes: '0402000a', value: { kind: 'read_input_registers', data: registers(10) } },
  },
  {
    section: '6.5 coil 173 on',
    request: { bytes: '0500acff00', value: { kind: 'write_single_coil', address: 172, value: true } },
    response: { bytes: '0500acff00', value: { kind: 'write_single_coil', address: 172, value: true } },
  },
  {
    section: '6.6 register 2',
    request: { bytes: '0600010003', value: { kind: 'write_single_register', address: 1, value: 3 } },
    response: { bytes: '0600010003', value: { kind: 'write_single_register', address: 1, value: 3 } },
  },
  {
    section: '6.7',
    request: { bytes: '07', value: { kind: 'read_exception_status' } },
    response: { bytes: '076d', value: { kind: 'read_exception_status', status: 0x6d } },
  },
  {
    section: '6.8 return query data',
    request: { bytes: '080000a537', value: { kind: 'diagnostics', subFunction: 0, data: registers(0xa537) } },
    response: { bytes: '080000a537', value: { kind: 'diagnostics', subFunction: 0, data: registers(0xa537) } },
  },
  {
    section: '6.9',
    request: { bytes: '0b', value: { kind: 'get_comm_event_counter' } },
    response: { bytes: '0bffff0108', value: { kind: 'get_comm_event_counter', status: 0xffff, eventCount: 264 } },
  },
  {
    section: '6.10',
    request: { bytes: '0c', value: { kind: 'get_comm_event_log' } },
    response: {
      bytes: '0c08000001080121' + '2000',
      value: {
        kind: 'get_comm_event_log',
        status: 0,
        eventCount: 264,
        messageCount: 289,
        events: Buffer.from('2000', 'hex'),
      },
    },
  },
  {
    section: '6.11 ten coils from 20',
    request: {
      bytes: '0f0013000a02cd01',
      value: { kind: 'write_multiple_coils', address: 19, bits: bitsOf('10110011 10') },
    },
    response: { bytes: '0f0013000a', value: { kind: 'write_multiple_coils', address: 19, quantity: 10 } },
  },
  {
    section: '6.12 two registers from 2',
    request: {
      bytes: '100001000204000a0102',
      value: { kind: 'write_multiple_registers', address: 1, data: registers(10, 0x102) },
    },
    response: { bytes: '1000010002', value: { kind: 'write_multiple_registers', address: 1, quantity: 2 } },
  },
  {
    section: '6.13 (the bytes are the maker’s own)',
    request: { bytes: '11', value: { kind: 'report_server_id' } },
    response: { bytes: '11032aff07', value: { kind: 'report_server_id', data: Buffer.from('2aff07', 'hex') } },
  },
  {
    section: '6.14 two groups',
    request: {
      bytes: '140e0600040001000206000300090002',
      value: {
        kind: 'read_file_record',
        records: [
          { fileNumber: 4, recordNumber: 1, length: 2 },
          { fileNumber: 3, recordNumber: 9, length: 2 },
        ],
      },
    },
    response: {
      bytes: '140c05060dfe0020050633cd0040',
      value: { kind: 'read_file_record', records: [registers(0x0dfe, 0x20), registers(0x33cd, 0x40)] },
    },
  },
  {
    section: '6.15 one group',
    request: {
      bytes: '150d0600040007000306af04be100d',
      value: {
        kind: 'write_file_record',
        records: [{ fileNumber: 4, recordNumber: 7, data: registers(0x6af, 0x4be, 0x100d) }],
      },
    },
    response: {
      bytes: '150d0600040007000306af04be100d',
      value: {
        kind: 'write_file_record',
        records: [{ fileNumber: 4, recordNumber: 7, data: registers(0x6af, 0x4be, 0x100d) }],
      },
    },
  },
  {
    section: '6.16 register 5',
    request: {
      bytes: '16000400f20025',
      value: { kind: 'mask_write_register', address: 4, andMask: 0xf2, orMask: 0x25 },
    },
    response: {
      bytes: '16000400f20025',
      value: { kind: 'mask_write_register', address: 4, andMask: 0xf2, orMask: 0x25 },
    },
  },
  {
    section: '6.17 six read from 4, three written from 15',
    request: {
      bytes: '1700030006000e00030600ff00ff00ff',
      value: {
        kind: 'read_write_multiple_registers',
        read: { address: 3, quantity: 6 },
        write: { address: 14, data: registers(0xff, 0xff, 0xff) },
      },
    },
    response: {
      bytes: '170c00fe0acd00010003000d00ff',
      value: { kind: 'read_write_multiple_registers', data: registers(0xfe, 0xacd, 1, 3, 13, 0xff) },
    },
  },
  {
    section: '6.18 queue at 1247',
    request: { bytes: '1804de', value: { kind: 'read_fifo_queue', address: 1246 } },
    response: { bytes: '180006000201b81284', value: { kind: 'read_fifo_queue', data: registers(440, 0x1284) } },
  },
  {
    section: '6.21 basic identification (its example’s texts)',
    request: { bytes: '2b0e0100', value: { kind: 'read_device_identification', level: 1, objectId: 0 } },
    response: {
      bytes: `2b0e010100000300${'16'}${text('Company identification')}01${'0f'}${text('Product code XX')}0205${text('V2.11')}`,
      value: {
        kind: 'read_device_identification',
        level: 1,
        conformity: 1,
        moreFollows: false,
        nextObjectId: 0,
        objects: [
          { id: 0, value: Buffer.from('Company identification') },
          { id: 1, value: Buffer.from('Product code XX') },
          { id: 2, value: Buffer.from('V2.11') },
        ],
      },
    },
  },
];
