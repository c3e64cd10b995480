/**
 * Time of day of MMS (TimeOfDay, btod): milliseconds since midnight in four octets, in six octets with the days since
 * 1 January 1984. IEC 61850-8-1 uses six for the time of entry of reports.
 */
import { ProtocolError } from '../errors.ts';

export interface BinaryTime {
  millisecondsOfDay: number;
  /** Days since 1984-01-01; undefined in the form of four octets. */
  days: number | undefined;
}

const epoch1984Ms = Date.UTC(1984, 0, 1);
const dayMs = 86_400_000;

export function binaryTimeOf(epochMs: number): BinaryTime {
  const days = Math.floor((epochMs - epoch1984Ms) / dayMs);
  if (days < 0 || days > 0xffff) throw new RangeError(`${epochMs} ms is outside what binary time can say.`);
  return { days, millisecondsOfDay: Math.floor(epochMs - epoch1984Ms - days * dayMs) };
}

/** Milliseconds since 1970; undefined without a date. */
export const binaryTimeToEpochMs = ({ days, millisecondsOfDay }: BinaryTime): number | undefined =>
  days === undefined ? undefined : epoch1984Ms + days * dayMs + millisecondsOfDay;

export function binaryTimeContent({ days, millisecondsOfDay }: BinaryTime): Buffer {
  const bytes = Buffer.alloc(days === undefined ? 4 : 6);
  bytes.writeUInt32BE(millisecondsOfDay);
  if (days !== undefined) bytes.writeUInt16BE(days, 4);
  return bytes;
}

export function readBinaryTime(content: Buffer): BinaryTime {
  if (content.length !== 4 && content.length !== 6) {
    throw new ProtocolError('mms', `binary time of ${content.length} octets`);
  }
  return {
    millisecondsOfDay: content.readUInt32BE(),
    days: content.length === 6 ? content.readUInt16BE(4) : undefined,
  };
}
