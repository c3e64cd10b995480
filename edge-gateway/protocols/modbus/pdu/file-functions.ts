/** Functions of file records: 20 and 21 (sections 6.14 and 6.15). A record is a run of registers within a file. */
import { counted, expectLength, type FunctionCodec, maxPduLength, must } from './function-codec.ts';

const referenceType = 6;
const maxRecordNumber = 9999;

function checkReference(fileNumber: number, recordNumber: number): void {
  if (!Number.isInteger(fileNumber) || fileNumber < 1 || fileNumber > 0xffff) {
    throw new RangeError(`File ${fileNumber} is outside 1 to 65535.`);
  }
  if (!Number.isInteger(recordNumber) || recordNumber < 0 || recordNumber > maxRecordNumber) {
    throw new RangeError(`Record ${recordNumber} is outside 0 to ${maxRecordNumber}.`);
  }
}

/** As `checkReference`, for what came from the line. */
function mustBeReference(pdu: Buffer, offset: number): { fileNumber: number; recordNumber: number } {
  const fileNumber = pdu.readUInt16BE(offset + 1);
  const recordNumber = pdu.readUInt16BE(offset + 3);
  must(fileNumber >= 1 && recordNumber <= maxRecordNumber, `There is no record ${recordNumber} of file ${fileNumber}.`);
  return { fileNumber, recordNumber };
}

const answerLength = (records: readonly { length: number }[]): number =>
  records.reduce((sum, { length }) => sum + 2 + length * 2, 2);

export const readFileRecord: FunctionCodec<'read_file_record'> = {
  kind: 'read_file_record',
  code: 20,
  encodeRequest({ records }) {
    const bytes = records.length * 7;
    // Section 6.14: a byte count of 0x07 to 0xF5.
    if (bytes < 7 || bytes > 0xf5) throw new RangeError(`${records.length} sub-requests are outside 1 to 35.`);
    const answer = answerLength(records);
    if (answer > maxPduLength) throw new RangeError(`The records make an answer of ${answer} bytes; 253 fit.`);
    const pdu = Buffer.allocUnsafe(2 + bytes);
    pdu[0] = 20;
    pdu[1] = bytes;
    records.forEach(({ fileNumber, recordNumber, length }, index) => {
      checkReference(fileNumber, recordNumber);
      const offset = 2 + index * 7;
      pdu[offset] = referenceType;
      pdu.writeUInt16BE(fileNumber, offset + 1);
      pdu.writeUInt16BE(recordNumber, offset + 3);
      pdu.writeUInt16BE(length, offset + 5);
    });
    return pdu;
  },
  decodeRequest(pdu) {
    must(pdu.length >= 2 && pdu[1]! >= 7 && pdu[1]! <= 0xf5 && pdu[1]! % 7 === 0, 'Function 20: wrong byte count.');
    expectLength(pdu, 2 + pdu[1]!);
    const records = [];
    for (let offset = 2; offset < pdu.length; offset += 7) {
      must(pdu[offset] === referenceType, `Function 20: reference type ${pdu[offset]} instead of 6.`);
      records.push({ ...mustBeReference(pdu, offset), length: pdu.readUInt16BE(offset + 5) });
    }
    must(
      answerLength(records) <= maxPduLength,
      `Function 20: records that make an answer of ${answerLength(records)} bytes.`,
    );
    return { kind: 'read_file_record', records };
  },
  encodeResponse({ records }) {
    const parts = records.map((data) => Buffer.concat([Buffer.of(1 + data.length, referenceType), data]));
    const body = Buffer.concat(parts);
    if (body.length > maxPduLength - 2) throw new RangeError(`Records of ${body.length} bytes do not fit.`);
    return Buffer.concat([Buffer.of(20, body.length), body]);
  },
  decodeResponse(pdu, request) {
    must(pdu.length >= 2, 'Function 20 is too short.');
    expectLength(pdu, 2 + pdu[1]!);
    const records: Buffer[] = [];
    let offset = 2;
    for (const { length } of request.records) {
      must(offset + 2 <= pdu.length, 'Function 20 answered fewer records than were asked.');
      must(
        pdu[offset] === 1 + length * 2,
        `Function 20: a record of ${pdu[offset]! - 1} bytes for ${length} registers.`,
      );
      must(pdu[offset + 1] === referenceType, `Function 20: reference type ${pdu[offset + 1]} instead of 6.`);
      records.push(Buffer.from(pdu.subarray(offset + 2, offset + 2 + length * 2)));
      offset += 2 + length * 2;
    }
    must(offset === pdu.length, 'Function 20 answered more records than were asked.');
    return { kind: 'read_file_record', records };
  },
  requestLength: counted(1),
  responseLength: counted(1),
};

type WrittenRecord = { fileNumber: number; recordNumber: number; data: Buffer };

function encodeWritten(records: readonly WrittenRecord[]): Buffer {
  const parts = records.map(({ fileNumber, recordNumber, data }) => {
    checkReference(fileNumber, recordNumber);
    if (data.length % 2 !== 0 || data.length === 0) throw new RangeError('A record is whole registers, one at least.');
    const head = Buffer.allocUnsafe(7);
    head[0] = referenceType;
    head.writeUInt16BE(fileNumber, 1);
    head.writeUInt16BE(recordNumber, 3);
    head.writeUInt16BE(data.length / 2, 5);
    return Buffer.concat([head, data]);
  });
  const body = Buffer.concat(parts);
  // Section 6.15: a request data length of 0x09 to 0xFB.
  if (body.length < 9 || body.length > 0xfb)
    throw new RangeError(`Records of ${body.length} bytes are outside 9 to 251.`);
  return Buffer.concat([Buffer.of(21, body.length), body]);
}

function decodeWritten(pdu: Buffer): WrittenRecord[] {
  must(pdu.length >= 2 && pdu[1]! >= 9 && pdu[1]! <= 0xfb, 'Function 21: wrong data length.');
  expectLength(pdu, 2 + pdu[1]!);
  const records: WrittenRecord[] = [];
  for (let offset = 2; offset < pdu.length; ) {
    must(offset + 7 <= pdu.length, 'Function 21 ends within a record.');
    must(pdu[offset] === referenceType, `Function 21: reference type ${pdu[offset]} instead of 6.`);
    const end = offset + 7 + pdu.readUInt16BE(offset + 5) * 2;
    must(end > offset + 7 && end <= pdu.length, 'Function 21: a record is longer than the frame, or empty.');
    records.push({
      ...mustBeReference(pdu, offset),
      data: Buffer.from(pdu.subarray(offset + 7, end)),
    });
    offset = end;
  }
  return records;
}

export const writeFileRecord: FunctionCodec<'write_file_record'> = {
  kind: 'write_file_record',
  code: 21,
  encodeRequest: ({ records }) => encodeWritten(records),
  decodeRequest: (pdu) => ({ kind: 'write_file_record', records: decodeWritten(pdu) }),
  encodeResponse: ({ records }) => encodeWritten(records),
  decodeResponse(pdu, request) {
    must(pdu.equals(encodeWritten(request.records)), 'Function 21 echoed other records than were sent.');
    return { kind: 'write_file_record', records: decodeWritten(pdu) };
  },
  requestLength: counted(1),
  responseLength: counted(1),
};
