/**
 * Requests and responses as values, one kind for each function of MODBUS Application Protocol V1.1b3, section 6, under
 * the specification's own names. Addresses count from 0, as they do on the wire.
 */

interface Span {
  address: number;
  quantity: number;
}

/** Registers as they travel: two bytes each, big-endian. */
interface RegisterData {
  data: Buffer;
}

interface FileReference {
  fileNumber: number;
  recordNumber: number;
}

export interface Messages {
  read_coils: { request: Span; response: { bits: boolean[] } };
  read_discrete_inputs: { request: Span; response: { bits: boolean[] } };
  read_holding_registers: { request: Span; response: RegisterData };
  read_input_registers: { request: Span; response: RegisterData };
  write_single_coil: { request: { address: number; value: boolean }; response: { address: number; value: boolean } };
  write_single_register: { request: { address: number; value: number }; response: { address: number; value: number } };
  read_exception_status: { request: object; response: { status: number } };
  diagnostics: { request: { subFunction: number; data: Buffer }; response: { subFunction: number; data: Buffer } };
  get_comm_event_counter: { request: object; response: { status: number; eventCount: number } };
  get_comm_event_log: {
    request: object;
    response: { status: number; eventCount: number; messageCount: number; events: Buffer };
  };
  write_multiple_coils: { request: { address: number; bits: boolean[] }; response: Span };
  write_multiple_registers: { request: { address: number } & RegisterData; response: Span };
  /** What the bytes mean is the maker's own (section 6.13). */
  report_server_id: { request: object; response: { data: Buffer } };
  read_file_record: {
    request: { records: (FileReference & { length: number })[] };
    response: { records: Buffer[] };
  };
  write_file_record: {
    request: { records: (FileReference & RegisterData)[] };
    response: { records: (FileReference & RegisterData)[] };
  };
  mask_write_register: {
    request: { address: number; andMask: number; orMask: number };
    response: { address: number; andMask: number; orMask: number };
  };
  read_write_multiple_registers: {
    request: { read: Span; write: { address: number } & RegisterData };
    response: RegisterData;
  };
  read_fifo_queue: { request: { address: number }; response: RegisterData };
  read_device_identification: {
    /** 1 basic, 2 regular, 3 extended (streams), 4 one object. */
    request: { level: 1 | 2 | 3 | 4; objectId: number };
    response: {
      level: number;
      conformity: number;
      moreFollows: boolean;
      nextObjectId: number;
      objects: { id: number; value: Buffer }[];
    };
  };
}

export type Kind = keyof Messages;
export type RequestOf<K extends Kind> = { kind: K } & Messages[K]['request'];
export type ResponseOf<K extends Kind> = { kind: K } & Messages[K]['response'];
export type Request = { [K in Kind]: RequestOf<K> }[Kind];
export type Response = { [K in Kind]: ResponseOf<K> }[Kind];

/** Functions that change nothing: these may be asked again without thought. */
export const readOnlyKinds: ReadonlySet<Kind> = new Set<Kind>([
  'read_coils',
  'read_discrete_inputs',
  'read_holding_registers',
  'read_input_registers',
  'read_exception_status',
  'get_comm_event_counter',
  'get_comm_event_log',
  'report_server_id',
  'read_file_record',
  'read_device_identification',
]);

/** Registers from numbers; negative ones as two's complement. */
export function registers(...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    if (!Number.isInteger(value) || value < -0x8000 || value > 0xffff) {
      throw new RangeError(`${value} does not fit into a register (-32768 to 65535).`);
    }
    data.writeUInt16BE(value & 0xffff, index * 2);
  });
  return data;
}
