/** Functions that do more than one thing to registers: 22, 23 and 24 (sections 6.16 to 6.18). */
import {
  checkAddress,
  checkQuantity,
  counted,
  expectLength,
  type FunctionCodec,
  fixed,
  must,
  mustBeWithin,
} from './function-codec.ts';
import {
  checkRegisterData,
  dataOf,
  dataResponse,
  maxRegistersRead,
  readRegisterBlock,
  writeRegisterBlock,
} from './register-functions.ts';

type Mask = { address: number; andMask: number; orMask: number };

function encodeMask({ address, andMask, orMask }: Mask): Buffer {
  const pdu = Buffer.allocUnsafe(7);
  pdu[0] = 22;
  pdu.writeUInt16BE(address, 1);
  pdu.writeUInt16BE(andMask, 3);
  pdu.writeUInt16BE(orMask, 5);
  return pdu;
}

function decodeMask(pdu: Buffer): { kind: 'mask_write_register' } & Mask {
  expectLength(pdu, 7);
  return {
    kind: 'mask_write_register',
    address: pdu.readUInt16BE(1),
    andMask: pdu.readUInt16BE(3),
    orMask: pdu.readUInt16BE(5),
  };
}

/** Result = (current AND andMask) OR (orMask AND NOT andMask): sets single bits without a read in between. */
export const maskWriteRegister: FunctionCodec<'mask_write_register'> = {
  kind: 'mask_write_register',
  code: 22,
  encodeRequest(request) {
    checkAddress(request.address);
    return encodeMask(request);
  },
  decodeRequest: decodeMask,
  encodeResponse: encodeMask,
  decodeResponse(pdu, request) {
    const response = decodeMask(pdu);
    must(
      response.address === request.address &&
        response.andMask === request.andMask &&
        response.orMask === request.orMask,
      'Function 22 echoed another mask than was sent.',
    );
    return response;
  },
  requestLength: fixed(7),
  responseLength: fixed(7),
};

const maxWrittenWithRead = 121;

export const readWriteMultipleRegisters: FunctionCodec<'read_write_multiple_registers'> = {
  kind: 'read_write_multiple_registers',
  code: 23,
  encodeRequest({ read, write }) {
    checkQuantity(read.quantity, maxRegistersRead);
    checkAddress(read.address, read.quantity);
    checkRegisterData(write.data, maxWrittenWithRead);
    checkAddress(write.address, write.data.length / 2);
    const pdu = Buffer.allocUnsafe(10 + write.data.length);
    pdu[0] = 23;
    pdu.writeUInt16BE(read.address, 1);
    pdu.writeUInt16BE(read.quantity, 3);
    writeRegisterBlock(pdu, 5, write.address, write.data);
    return pdu;
  },
  decodeRequest(pdu) {
    const write = readRegisterBlock(pdu, 5, maxWrittenWithRead);
    const quantity = pdu.readUInt16BE(3);
    mustBeWithin(quantity, maxRegistersRead);
    return { kind: 'read_write_multiple_registers', read: { address: pdu.readUInt16BE(1), quantity }, write };
  },
  encodeResponse: ({ data }) => dataResponse(23, data),
  decodeResponse: (pdu, { read }) => ({ kind: 'read_write_multiple_registers', data: dataOf(pdu, read.quantity) }),
  requestLength: counted(9),
  responseLength: counted(1),
};

const maxFifoCount = 31;

export const readFifoQueue: FunctionCodec<'read_fifo_queue'> = {
  kind: 'read_fifo_queue',
  code: 24,
  encodeRequest({ address }) {
    checkAddress(address);
    return Buffer.of(24, address >> 8, address & 0xff);
  },
  decodeRequest(pdu) {
    expectLength(pdu, 3);
    return { kind: 'read_fifo_queue', address: pdu.readUInt16BE(1) };
  },
  encodeResponse({ data }) {
    if (data.length > maxFifoCount * 2) throw new RangeError(`A queue of ${data.length / 2} registers exceeds 31.`);
    const pdu = Buffer.allocUnsafe(5 + data.length);
    pdu[0] = 24;
    pdu.writeUInt16BE(2 + data.length, 1);
    pdu.writeUInt16BE(data.length >> 1, 3);
    data.copy(pdu, 5);
    return pdu;
  },
  decodeResponse(pdu) {
    must(pdu.length >= 5, 'Function 24 is too short.');
    const count = pdu.readUInt16BE(3);
    must(count <= maxFifoCount, `A queue of ${count} registers exceeds ${maxFifoCount}.`);
    must(pdu.readUInt16BE(1) === 2 + count * 2, 'Function 24: byte count and queue count disagree.');
    expectLength(pdu, 5 + count * 2);
    return { kind: 'read_fifo_queue', data: Buffer.from(pdu.subarray(5)) };
  },
  requestLength: fixed(3),
  responseLength: (pdu) => (pdu.length >= 3 ? 3 + pdu.readUInt16BE(1) : undefined),
};
