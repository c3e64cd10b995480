/** Read Device Identification, answered: which objects a level holds, and their passing on over several answers (section 6.21). */
import { ModbusExceptionError } from '../errors.ts';
import { maxPduLength } from '../pdu/function-codec.ts';
import type { RequestOf, ResponseOf } from '../pdu/messages.ts';

/** Highest object of each level: basic, regular, extended. */
const lastOfLevel: Readonly<Record<number, number>> = { 1: 0x02, 2: 0x7f, 3: 0xff };
const headLength = 7;

export function answerIdentification(
  objects: ReadonlyMap<number, string>,
  { kind, level, objectId }: RequestOf<'read_device_identification'>,
): ResponseOf<'read_device_identification'> {
  const known = [...objects.keys()].sort((a, b) => a - b);
  const highest = known.at(-1) ?? 0;
  // 0x80: single objects may be asked for as well.
  const conformity = 0x80 | (highest > 0x7f ? 3 : highest > 2 ? 2 : 1);
  if (level === 4) {
    if (!objects.has(objectId)) throw new ModbusExceptionError(43, 2);
    const value = Buffer.from(objects.get(objectId)!);
    return { kind, level, conformity, moreFollows: false, nextObjectId: 0, objects: [{ id: objectId, value }] };
  }
  const ofLevel = known.filter((id) => id <= lastOfLevel[level]!);
  // An object id that the level does not have: from the beginning.
  const from = ofLevel.includes(objectId) ? objectId : 0;
  const answered: { id: number; value: Buffer }[] = [];
  let length = headLength;
  let nextObjectId = 0;
  for (const id of ofLevel.filter((candidate) => candidate >= from)) {
    const value = Buffer.from(objects.get(id)!);
    if (length + 2 + value.length > maxPduLength) {
      nextObjectId = id;
      break;
    }
    length += 2 + value.length;
    answered.push({ id, value });
  }
  return { kind, level, conformity, moreFollows: nextObjectId !== 0, nextObjectId, objects: answered };
}
