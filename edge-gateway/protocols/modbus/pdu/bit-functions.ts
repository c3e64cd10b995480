/** Functions of single bits: 1, 2, 5 and 15 (sections 6.1, 6.2, 6.5, 6.11). Bits are packed from the lowest one up. */
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

const maxRead = 2000;
const maxWrite = 1968;
const bytesFor = (bits: number): number => (bits + 7) >> 3;

function pack(bits: readonly boolean[], into: Buffer, offset: number): void {
  into.fill(0, offset, offset + bytesFor(bits.length));
  bits.forEach((bit, index) => {
    if (bit) into[offset + (index >> 3)]! |= 1 << (index & 7);
  });
}

function unpack(from: Buffer, offset: number, count: number): boolean[] {
  const bits = new Array<boolean>(count);
  for (let index = 0; index < count; index += 1)
    bits[index] = ((from[offset + (index >> 3)]! >> (index & 7)) & 1) === 1;
  return bits;
}

function readBits<K extends 'read_coils' | 'read_discrete_inputs'>(kind: K, code: number): FunctionCodec<K> {
  return {
    kind,
    code,
    encodeRequest({ address, quantity }) {
      checkQuantity(quantity, maxRead);
      checkAddress(address, quantity);
      return twoWords(code, address, quantity);
    },
    decodeRequest(pdu) {
      expectLength(pdu, 5);
      const quantity = pdu.readUInt16BE(3);
      mustBeWithin(quantity, maxRead);
      return { kind, address: pdu.readUInt16BE(1), quantity } as ReturnType<FunctionCodec<K>['decodeRequest']>;
    },
    encodeResponse({ bits }) {
      const pdu = Buffer.allocUnsafe(2 + bytesFor(bits.length));
      pdu[0] = code;
      pdu[1] = pdu.length - 2;
      pack(bits, pdu, 2);
      return pdu;
    },
    decodeResponse(pdu, request) {
      const bytes = bytesFor(request.quantity);
      expectLength(pdu, 2 + bytes);
      must(pdu[1] === bytes, `Function ${code}: a byte count of ${pdu[1]} where ${bytes} answer the request.`);
      return { kind, bits: unpack(pdu, 2, request.quantity) } as ReturnType<FunctionCodec<K>['decodeResponse']>;
    },
    requestLength: fixed(5),
    responseLength: counted(1),
  };
}

export const readCoils = readBits('read_coils', 1);
export const readDiscreteInputs = readBits('read_discrete_inputs', 2);

function decodeSingleCoil(pdu: Buffer): { kind: 'write_single_coil'; address: number; value: boolean } {
  expectLength(pdu, 5);
  const state = pdu.readUInt16BE(3);
  must(state === 0xff00 || state === 0, `A coil is written with FF00 or 0000, not ${state.toString(16)}.`);
  return { kind: 'write_single_coil', address: pdu.readUInt16BE(1), value: state === 0xff00 };
}

export const writeSingleCoil: FunctionCodec<'write_single_coil'> = {
  kind: 'write_single_coil',
  code: 5,
  encodeRequest({ address, value }) {
    checkAddress(address);
    return twoWords(5, address, value ? 0xff00 : 0);
  },
  decodeRequest: decodeSingleCoil,
  encodeResponse: ({ address, value }) => twoWords(5, address, value ? 0xff00 : 0),
  decodeResponse(pdu, request) {
    const response = decodeSingleCoil(pdu);
    must(
      response.address === request.address && response.value === request.value,
      `Function 5 echoed ${response.address}=${response.value} for ${request.address}=${request.value}.`,
    );
    return response;
  },
  requestLength: fixed(5),
  responseLength: fixed(5),
};

export const writeMultipleCoils: FunctionCodec<'write_multiple_coils'> = {
  kind: 'write_multiple_coils',
  code: 15,
  encodeRequest({ address, bits }) {
    checkQuantity(bits.length, maxWrite);
    checkAddress(address, bits.length);
    const pdu = Buffer.allocUnsafe(6 + bytesFor(bits.length));
    pdu[0] = 15;
    pdu.writeUInt16BE(address, 1);
    pdu.writeUInt16BE(bits.length, 3);
    pdu[5] = bytesFor(bits.length);
    pack(bits, pdu, 6);
    return pdu;
  },
  decodeRequest(pdu) {
    must(pdu.length >= 6, 'Function 15 is too short.');
    const quantity = pdu.readUInt16BE(3);
    mustBeWithin(quantity, maxWrite);
    expectLength(pdu, 6 + bytesFor(quantity));
    must(pdu[5] === bytesFor(quantity), `Function 15: ${pdu[5]} bytes for ${quantity} coils.`);
    return { kind: 'write_multiple_coils', address: pdu.readUInt16BE(1), bits: unpack(pdu, 6, quantity) };
  },
  encodeResponse: ({ address, quantity }) => twoWords(15, address, quantity),
  decodeResponse(pdu, request) {
    expectLength(pdu, 5);
    const [address, quantity] = [pdu.readUInt16BE(1), pdu.readUInt16BE(3)];
    must(
      address === request.address && quantity === request.bits.length,
      `Function 15 answered for ${quantity} from ${address}, not ${request.bits.length} from ${request.address}.`,
    );
    return { kind: 'write_multiple_coils', address, quantity };
  },
  requestLength: counted(5),
  responseLength: fixed(5),
};
