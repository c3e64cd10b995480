/** Function 43 with MEI type 14: Read Device Identification (section 6.21). */
import { expectLength, type FunctionCodec, fixed, type Length, maxPduLength, must } from './function-codec.ts';

const meiType = 14;

/** Section 6.21, table of objects. */
export const identificationNames: Readonly<Record<number, string>> = {
  0: 'VendorName',
  1: 'ProductCode',
  2: 'MajorMinorRevision',
  3: 'VendorUrl',
  4: 'ProductName',
  5: 'ModelName',
  6: 'UserApplicationName',
};

/** Each object brings its own length: walk them. */
function responseLength(pdu: Buffer): Length {
  if (pdu.length < 7) return undefined;
  let end = 7;
  for (let index = 0; index < pdu[6]!; index += 1) {
    if (pdu.length < end + 2) return undefined;
    end += 2 + pdu[end + 1]!;
  }
  return end;
}

export const readDeviceIdentification: FunctionCodec<'read_device_identification'> = {
  kind: 'read_device_identification',
  code: 43,
  encodeRequest: ({ level, objectId }) => Buffer.of(43, meiType, level, objectId),
  decodeRequest(pdu) {
    expectLength(pdu, 4);
    must(pdu[1] === meiType, `MEI type ${pdu[1]} is not spoken here; 14 is.`);
    const level = pdu[2]!;
    must(level >= 1 && level <= 4, `Read device id code ${level} is outside 1 to 4.`);
    return { kind: 'read_device_identification', level: level as 1 | 2 | 3 | 4, objectId: pdu[3]! };
  },
  encodeResponse({ level, conformity, moreFollows, nextObjectId, objects }) {
    const head = Buffer.of(43, meiType, level, conformity, moreFollows ? 0xff : 0, nextObjectId, objects.length);
    const body = objects.flatMap(({ id, value }) => [Buffer.of(id, value.length), value]);
    const pdu = Buffer.concat([head, ...body]);
    if (pdu.length > maxPduLength) throw new RangeError(`An identification of ${pdu.length} bytes does not fit.`);
    return pdu;
  },
  decodeResponse(pdu, request) {
    must(pdu.length >= 7 && pdu[1] === meiType, 'Function 43 answered something else than an identification.');
    must(pdu[2] === request.level, `Function 43 answered level ${pdu[2]} for ${request.level}.`);
    const length = responseLength(pdu);
    must(typeof length === 'number', 'Function 43 ends within an object.');
    expectLength(pdu, length);
    const objects: { id: number; value: Buffer }[] = [];
    for (let offset = 7; offset < pdu.length; offset += 2 + pdu[offset + 1]!) {
      objects.push({ id: pdu[offset]!, value: Buffer.from(pdu.subarray(offset + 2, offset + 2 + pdu[offset + 1]!)) });
    }
    return {
      kind: 'read_device_identification',
      level: pdu[2]!,
      conformity: pdu[3]!,
      moreFollows: pdu[4] === 0xff,
      nextObjectId: pdu[5]!,
      objects,
    };
  },
  requestLength: fixed(4),
  responseLength,
};
