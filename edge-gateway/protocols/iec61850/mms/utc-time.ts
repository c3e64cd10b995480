/**
 * UTC time (IEC 61850-8-1, 8.1.3.7): seconds since 1970, a fraction of a second in 24 bits, and an octet that tells how
 * far the clock can be trusted.
 */
import { ProtocolError } from '../errors.ts';

export interface UtcTime {
  seconds: number;
  /** In units of 2^-24 s. */
  fraction: number;
  leapSecondsKnown: boolean;
  clockFailure: boolean;
  clockNotSynchronized: boolean;
  /** Number of significant bits of the fraction; undefined when the device does not say (31). */
  accuracyBits: number | undefined;
}

const fractions = 1 << 24;
const flags = { leapSecondsKnown: 0x80, clockFailure: 0x40, clockNotSynchronized: 0x20 };

export function utcTimeOf(epochMs: number, quality: Partial<Omit<UtcTime, 'seconds' | 'fraction'>> = {}): UtcTime {
  const seconds = Math.floor(epochMs / 1000);
  // Rounded up, so that the way back, which rounds down to a millisecond, ends where it began.
  const fraction = Math.min(Math.ceil(((epochMs - seconds * 1000) * fractions) / 1000), fractions - 1);
  return {
    seconds,
    fraction,
    leapSecondsKnown: false,
    clockFailure: false,
    clockNotSynchronized: false,
    accuracyBits: 10,
    ...quality,
  };
}

export const utcTimeToEpochMs = ({ seconds, fraction }: UtcTime): number =>
  seconds * 1000 + Math.floor((fraction * 1000) / fractions);

export function utcTimeContent(time: UtcTime): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(time.seconds);
  bytes.writeUIntBE(time.fraction, 4, 3);
  bytes[7] =
    (time.leapSecondsKnown ? flags.leapSecondsKnown : 0) |
    (time.clockFailure ? flags.clockFailure : 0) |
    (time.clockNotSynchronized ? flags.clockNotSynchronized : 0) |
    (time.accuracyBits ?? 31);
  return bytes;
}

export function readUtcTime(content: Buffer): UtcTime {
  if (content.length !== 8) throw new ProtocolError('mms', `utc time of ${content.length} octets`);
  const quality = content[7]!;
  const accuracy = quality & 0x1f;
  return {
    seconds: content.readUInt32BE(),
    fraction: content.readUIntBE(4, 3),
    leapSecondsKnown: (quality & flags.leapSecondsKnown) !== 0,
    clockFailure: (quality & flags.clockFailure) !== 0,
    clockNotSynchronized: (quality & flags.clockNotSynchronized) !== 0,
    accuracyBits: accuracy === 31 ? undefined : accuracy,
  };
}
