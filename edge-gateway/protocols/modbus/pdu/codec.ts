/** The table of all functions, and PDUs to and from values through it. */
import { ModbusExceptionError, ModbusFrameError } from '../errors.ts';
import { readCoils, readDiscreteInputs, writeMultipleCoils, writeSingleCoil } from './bit-functions.ts';
import { maskWriteRegister, readFifoQueue, readWriteMultipleRegisters } from './compound-functions.ts';
import {
  diagnostics,
  getCommEventCounter,
  getCommEventLog,
  readExceptionStatus,
  reportServerId,
} from './diagnostic-functions.ts';
import { readFileRecord, writeFileRecord } from './file-functions.ts';
import type { FunctionCodec, Length } from './function-codec.ts';
import { readDeviceIdentification } from './identification-function.ts';
import type { Kind, Request, RequestOf, Response, ResponseOf } from './messages.ts';
import {
  readHoldingRegisters,
  readInputRegisters,
  writeMultipleRegisters,
  writeSingleRegister,
} from './register-functions.ts';

const codecs: { [K in Kind]: FunctionCodec<K> } = {
  read_coils: readCoils,
  read_discrete_inputs: readDiscreteInputs,
  read_holding_registers: readHoldingRegisters,
  read_input_registers: readInputRegisters,
  write_single_coil: writeSingleCoil,
  write_single_register: writeSingleRegister,
  read_exception_status: readExceptionStatus,
  diagnostics,
  get_comm_event_counter: getCommEventCounter,
  get_comm_event_log: getCommEventLog,
  write_multiple_coils: writeMultipleCoils,
  write_multiple_registers: writeMultipleRegisters,
  report_server_id: reportServerId,
  read_file_record: readFileRecord,
  write_file_record: writeFileRecord,
  mask_write_register: maskWriteRegister,
  read_write_multiple_registers: readWriteMultipleRegisters,
  read_fifo_queue: readFifoQueue,
  read_device_identification: readDeviceIdentification,
};

const byCode: (FunctionCodec | undefined)[] = [];
for (const codec of Object.values(codecs)) byCode[codec.code] = codec as FunctionCodec;

export const kinds = Object.keys(codecs) as Kind[];
export const functionCodeOf = (kind: Kind): number => codecs[kind].code;

/** @throws RangeError when the request breaks the specification's limits */
export function encodeRequest(request: Request): Buffer {
  return (codecs[request.kind] as FunctionCodec).encodeRequest(request);
}

/**
 * @throws ModbusExceptionError 1 when the function is not known
 * @throws ModbusFrameError when the request is malformed, to be answered with exception 3
 */
export function decodeRequest(pdu: Buffer): Request {
  const code = pdu[0];
  if (code === undefined) throw new ModbusFrameError('A request without a function code.');
  const codec = byCode[code];
  if (!codec) throw new ModbusExceptionError(code, 1);
  return codec.decodeRequest(pdu) as Request;
}

export function encodeResponse(response: Response): Buffer {
  return (codecs[response.kind] as FunctionCodec).encodeResponse(response);
}

export const encodeException = (functionCode: number, exceptionCode: number): Buffer =>
  Buffer.of((functionCode | 0x80) & 0xff, exceptionCode);

/**
 * @throws ModbusExceptionError when the device refused
 * @throws ModbusFrameError when the bytes do not answer the request
 */
export function decodeResponse<K extends Kind>(pdu: Buffer, request: RequestOf<K>): ResponseOf<K> {
  const codec = codecs[request.kind as K];
  if (pdu[0] === codec.code) return codec.decodeResponse(pdu, request);
  if (pdu[0] === (codec.code | 0x80)) {
    if (pdu.length !== 2) throw new ModbusFrameError(`An exception of ${pdu.length} bytes.`);
    throw new ModbusExceptionError(codec.code, pdu[1]!);
  }
  throw new ModbusFrameError(`Function ${pdu[0]} answered where ${codec.code} was asked.`);
}

/** Length of the request PDU that begins here; an unknown function ends with its transmission. */
export function requestLength(pdu: Buffer): Length {
  if (pdu.length === 0) return undefined;
  return byCode[pdu[0]!] ? byCode[pdu[0]!]!.requestLength(pdu) : 'silence';
}

/** Length of the response PDU that begins here, exceptions included. */
export function responseLength(pdu: Buffer): Length {
  if (pdu.length === 0) return undefined;
  if (pdu[0]! & 0x80) return 2;
  return byCode[pdu[0]!] ? byCode[pdu[0]!]!.responseLength(pdu) : 'silence';
}
