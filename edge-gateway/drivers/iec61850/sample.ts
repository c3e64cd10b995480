/** From values of IEC 61850 with their quality and time to samples: what the bits say is kept in words. */

import { toPlain } from '../../protocols/iec61850/acsi/plain-value.ts';
import { decodeQuality } from '../../protocols/iec61850/acsi/quality.ts';
import { type UtcTime, utcTimeToEpochMs } from '../../protocols/iec61850/mms/utc-time.ts';
import type { MmsValue } from '../../protocols/iec61850/mms/value.ts';
import type { Quality, Sample } from '../../runtime/driver.ts';

/** A value with what stands beside it in its object, as far as it is there. */
export interface Reading {
  value: MmsValue;
  quality?: MmsValue | undefined;
  time?: MmsValue | undefined;
}

export function sampleOf(pointId: string, { value, quality, time }: Reading): Sample {
  const plain = toPlain(value);
  if (plain === undefined) return badSample(pointId, 'the reference is a structure, not one value');
  return { pointId, value: plain, ...qualityOf(quality), ...timeOf(time) };
}

export const badSample = (pointId: string, reason: string): Sample => ({
  pointId,
  value: undefined,
  quality: 'bad',
  reason,
});

/** Flags that make a value doubtful although its validity is good: it is not what the process says. */
const doubtful = new Set(['substituted', 'test', 'operatorBlocked']);

function qualityOf(quality: MmsValue | undefined): { quality: Quality; reason?: string } {
  if (quality?.type !== 'bit-string') return { quality: 'good' };
  const { validity, details } = decodeQuality(quality.value);
  const isDoubtful = validity === 'good' && details.some((detail) => doubtful.has(detail));
  const words = {
    good: isDoubtful ? 'uncertain' : 'good',
    questionable: 'uncertain',
    reserved: 'uncertain',
    invalid: 'bad',
  } as const;
  if (words[validity] === 'good') return { quality: 'good' };
  const reason = [...(validity === 'good' ? [] : [validity]), ...details].join(', ');
  return { quality: words[validity], reason };
}

function timeOf(time: MmsValue | undefined): { sourceTimeMs?: number; sourceTimeUncertain?: boolean } {
  // A time of 0 was never set.
  if (time?.type !== 'utc-time' || time.value.seconds === 0) return {};
  return {
    sourceTimeMs: utcTimeToEpochMs(time.value),
    ...(isUncertain(time.value) && { sourceTimeUncertain: true }),
  };
}

const isUncertain = ({ clockFailure, clockNotSynchronized }: UtcTime): boolean => clockFailure || clockNotSynchronized;
