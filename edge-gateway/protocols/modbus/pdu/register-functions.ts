/** Functions of registers: 3, 4, 6 and 16 (sections 6.3, 6.4, 6.6, 6.12). */
import {
  checkAddress,
  checkQuantity,
  counted,
  expectLength,
  type FunctionCodec,
  fixed,
  must,
  mustBeWithin,
  twoWords,
} from './function-codec.ts';

export const maxRegistersRead = 125;
export const maxRegistersWritten = 123;

function readRegisters<K extends 'read_holding_registers' | 'read_input_registers'>(
  kind: K,
  code: number,
): FunctionCodec<K> {
  return {
    kind,
    code,
    encodeRequest({ address, quantity }) {
      checkQuantity(quantity, maxRegistersRead);
      checkAddress(address, quantity);
      return twoWords(code, address, quantity);
    },
    decodeRequest(pdu) {
      expectLength(pdu, 5);
      const quantity = pdu.readUInt16BE(3);
      mustBeWithin(quantity, maxRegistersRead);
      return { kind, address: pdu.readUInt16BE(1), quantity } as ReturnType<FunctionCodec<K>['decodeRequest']>;
    },
    encodeResponse: ({ data }) => dataResponse(code, data),
    decodeResponse(pdu, request) {
      return { kind, data: dataOf(pdu, request.quantity) } as ReturnType<FunctionCodec<K>['decodeResponse']>;
    },
    requestLength: fixed(5),
    responseLength: counted(1),
  };
}

export function dataResponse(code: number, data: Buffer): Buffer {
  const pdu = Buffer.allocUnsafe(2 + data.length);
  pdu[0] = code;
  pdu[1] = data.length;
  data.copy(pdu, 2);
  return pdu;
}

/** A view, not a copy: whoever keeps it longer than the turn copies it. */
export function dataOf(pdu: Buffer, quantity: number): Buffer {
  expectLength(pdu, 2 + quantity * 2);
  must(pdu[1] === quantity * 2, `Function ${pdu[0]}: a byte count of ${pdu[1]} for ${quantity} registers.`);
  return pdu.subarray(2);
}

export const readHoldingRegisters = readRegisters('read_holding_registers', 3);
export const readInputRegisters = readRegisters('read_input_registers', 4);

export const writeSingleRegister: FunctionCodec<'write_single_register'> = {
  kind: 'write_single_register',
  code: 6,
  encodeRequest({ address, value }) {
    checkAddress(address);
    if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError(`${value} is no register value.`);
    return twoWords(6, address, value);
  },
  decodeRequest(pdu) {
    expectLength(pdu, 5);
    return { kind: 'write_single_register', address: pdu.readUInt16BE(1), value: pdu.readUInt16BE(3) };
  },
  encodeResponse: ({ address, value }) => twoWords(6, address, value),
  decodeResponse(pdu, request) {
    expectLength(pdu, 5);
    const [address, value] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)];
    must(
      address === request.address && value === request.value,
      `Function 6 echoed ${address}=${value} for ${request.address}=${request.value}.`,
    );
    return { kind: 'write_single_register', address, value };
  },
  requestLength: fixed(5),
  responseLength: fixed(5),
};

/** Address, quantity, byte count and registers from `offset` on: the tail of functions 16 and 23. */
export function writeRegisterBlock(pdu: Buffer, offset: number, address: number, data: Buffer): void {
  pdu.writeUInt16BE(address, offset);
  pdu.writeUInt16BE(data.length >> 1, offset + 2);
  pdu[offset + 4] = data.length;
  data.copy(pdu, offset + 5);
}

export function readRegisterBlock(pdu: Buffer, offset: number, max: number): { address: number; data: Buffer } {
  must(pdu.length >= offset + 5, `Function ${pdu[0]} is too short.`);
  const quantity = pdu.readUInt16BE(offset + 2);
  mustBeWithin(quantity, max);
  expectLength(pdu, offset + 5 + quantity * 2);
  must(pdu[offset + 4] === quantity * 2, `Function ${pdu[0]}: ${pdu[offset + 4]} bytes for ${quantity} registers.`);
  return { address: pdu.readUInt16BE(offset), data: Buffer.from(pdu.subarray(offset + 5)) };
}

export function checkRegisterData(data: Buffer, max: number): void {
  if (data.length % 2 !== 0) throw new RangeError(`${data.length} bytes are not whole registers.`);
  checkQuantity(data.length / 2, max);
}

export const writeMultipleRegisters: FunctionCodec<'write_multiple_registers'> = {
  kind: 'write_multiple_registers',
  code: 16,
  encodeRequest({ address, data }) {
    checkRegisterData(data, maxRegistersWritten);
    checkAddress(address, data.length / 2);
    const pdu = Buffer.allocUnsafe(6 + data.length);
    pdu[0] = 16;
    writeRegisterBlock(pdu, 1, address, data);
    return pdu;
  },
  decodeRequest: (pdu) => ({ kind: 'write_multiple_registers', ...readRegisterBlock(pdu, 1, maxRegistersWritten) }),
  encodeResponse: ({ address, quantity }) => twoWords(16, address, quantity),
  decodeResponse(pdu, request) {
    expectLength(pdu, 5);
    const [address, quantity] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)];
    must(
      address === request.address && quantity === request.data.length / 2,
      `Function 16 answered for ${quantity} from ${address}, not ${request.data.length / 2} from ${request.address}.`,
    );
    return { kind: 'write_multiple_registers', address, quantity };
  },
  requestLength: counted(5),
  responseLength: fixed(5),
};
