/**
 * A device's memory behind a server: coils, inputs, registers, files and identification, with addresses that may be
 * missing. It answers every function as the specification's state diagrams say.
 */
import { ModbusExceptionError } from '../errors.ts';
import { functionCodeOf } from '../pdu/codec.ts';
import type { Request, RequestOf, Response } from '../pdu/messages.ts';
import { answerIdentification } from './identification.ts';

const illegalAddress = 2;

export class RegisterBank {
  readonly coils = new Map<number, boolean>();
  readonly discreteInputs = new Map<number, boolean>();
  readonly holdingRegisters = new Map<number, number>();
  readonly inputRegisters = new Map<number, number>();
  /** By file number; a record is one register. */
  readonly files = new Map<number, Uint16Array>();
  /** By the address of their count. */
  readonly queues = new Map<number, number[]>();
  readonly identification = new Map<number, string>();
  exceptionStatus = 0;
  serverId = Buffer.of(0, 0xff);
  events = { status: 0, count: 0, messages: 0, log: Buffer.alloc(0) };
  diagnosticRegister = 0;

  /** Registers from `address` on. */
  set(table: 'holdingRegisters' | 'inputRegisters', address: number, data: Buffer): void {
    for (let index = 0; index < data.length / 2; index += 1) {
      this[table].set(address + index, data.readUInt16BE(index * 2));
    }
  }

  /** Usable as a server's handler as it is. */
  readonly answer = (_unit: number, request: Request): Response => {
    const code = functionCodeOf(request.kind);
    switch (request.kind) {
      case 'read_coils':
        return { kind: request.kind, bits: this.#bits(this.coils, request, code) };
      case 'read_discrete_inputs':
        return { kind: request.kind, bits: this.#bits(this.discreteInputs, request, code) };
      case 'read_holding_registers':
        return { kind: request.kind, data: readSpan(this.holdingRegisters, request, code) };
      case 'read_input_registers':
        return { kind: request.kind, data: readSpan(this.inputRegisters, request, code) };
      case 'write_single_coil':
        need(this.coils.has(request.address), code);
        this.coils.set(request.address, request.value);
        return request;
      case 'write_single_register':
        need(this.holdingRegisters.has(request.address), code);
        this.holdingRegisters.set(request.address, request.value);
        return request;
      case 'write_multiple_coils': {
        const { address, bits } = request;
        need(
          bits.every((_, index) => this.coils.has(address + index)),
          code,
        );
        bits.forEach((bit, index) => {
          this.coils.set(address + index, bit);
        });
        return { kind: request.kind, address, quantity: bits.length };
      }
      case 'write_multiple_registers':
        this.#write(request.address, request.data, code);
        return { kind: request.kind, address: request.address, quantity: request.data.length / 2 };
      case 'mask_write_register': {
        const { address, andMask, orMask } = request;
        need(this.holdingRegisters.has(address), code);
        const current = this.holdingRegisters.get(address)!;
        this.holdingRegisters.set(address, ((current & andMask) | (orMask & ~andMask)) & 0xffff);
        return request;
      }
      case 'read_write_multiple_registers':
        // Section 6.17: the write comes before the read, and both areas are checked before either.
        readSpan(this.holdingRegisters, request.read, code);
        this.#write(request.write.address, request.write.data, code);
        return { kind: request.kind, data: readSpan(this.holdingRegisters, request.read, code) };
      case 'read_fifo_queue': {
        const queue = this.queues.get(request.address);
        need(queue !== undefined, code);
        if (queue!.length > 31) throw new ModbusExceptionError(code, 3);
        return { kind: request.kind, data: wordsToBuffer(queue!) };
      }
      case 'read_file_record':
        return { kind: request.kind, records: request.records.map((record) => this.#readRecord(record, code)) };
      case 'write_file_record':
        return this.#writeRecords(request, code);
      case 'read_exception_status':
        return { kind: request.kind, status: this.exceptionStatus };
      case 'diagnostics':
        return this.#diagnose(request, code);
      case 'get_comm_event_counter':
        return { kind: request.kind, status: this.events.status, eventCount: this.events.count };
      case 'get_comm_event_log': {
        const { status, count, messages, log } = this.events;
        return { kind: request.kind, status, eventCount: count, messageCount: messages, events: log };
      }
      case 'report_server_id':
        return { kind: request.kind, data: this.serverId };
      case 'read_device_identification':
        return answerIdentification(this.identification, request);
    }
  };

  #bits(table: Map<number, boolean>, span: { address: number; quantity: number }, code: number): boolean[] {
    return Array.from({ length: span.quantity }, (_, index) => {
      const bit = table.get(span.address + index);
      need(bit !== undefined, code);
      return bit!;
    });
  }

  #write(address: number, data: Buffer, code: number): void {
    for (let index = 0; index < data.length / 2; index += 1) need(this.holdingRegisters.has(address + index), code);
    this.set('holdingRegisters', address, data);
  }

  #readRecord(record: { fileNumber: number; recordNumber: number; length: number }, code: number): Buffer {
    const file = this.files.get(record.fileNumber);
    need(file !== undefined && record.recordNumber + record.length <= file.length, code);
    return wordsToBuffer(file!.subarray(record.recordNumber, record.recordNumber + record.length));
  }

  #writeRecords(request: RequestOf<'write_file_record'>, code: number): Response {
    for (const { fileNumber, recordNumber, data } of request.records) {
      const file = this.files.get(fileNumber);
      need(file !== undefined && recordNumber + data.length / 2 <= file.length, code);
    }
    for (const { fileNumber, recordNumber, data } of request.records) {
      for (let index = 0; index < data.length / 2; index += 1) {
        this.files.get(fileNumber)![recordNumber + index] = data.readUInt16BE(index * 2);
      }
    }
    return request;
  }

  /** Return query data, return diagnostic register, clear counters (section 6.8.1); the rest belongs to real serial ports. */
  #diagnose(request: RequestOf<'diagnostics'>, code: number): Response {
    if (request.subFunction === 0 || request.subFunction === 10) return request;
    if (request.subFunction === 2) {
      return { kind: request.kind, subFunction: 2, data: wordsToBuffer([this.diagnosticRegister]) };
    }
    throw new ModbusExceptionError(code, 1);
  }
}

function need(isThere: boolean, code: number): void {
  if (!isThere) throw new ModbusExceptionError(code, illegalAddress);
}

function readSpan(table: Map<number, number>, span: { address: number; quantity: number }, code: number): Buffer {
  const data = Buffer.allocUnsafe(span.quantity * 2);
  for (let index = 0; index < span.quantity; index += 1) {
    const value = table.get(span.address + index);
    need(value !== undefined, code);
    data.writeUInt16BE(value!, index * 2);
  }
  return data;
}

function wordsToBuffer(words: Iterable<number>): Buffer {
  const all = [...words];
  const data = Buffer.allocUnsafe(all.length * 2);
  all.forEach((word, index) => {
    data.writeUInt16BE(word, index * 2);
  });
  return data;
}
