/** Corrections of what is on record of a meter's devices, such as the ratios of its transformers: readings of the past count otherwise then. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { profileOf } from './meter-profile.ts';
import type { Meter } from './meter-schema.ts';

export const meterRecordCorrected = defineEvent({
  type: 'meter.record_corrected',
  source: 'metering',
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: {
    en: 'What is on record of a meter’s device was corrected: its readings of the past count otherwise.',
    ar: 'صُحّحت بيانات جهاز العداد، فتُحتسب قراءاته السابقة على نحو آخر.',
  },
  payload: z.object({
    meterId: z.string(),
    /** When the device was installed; missing where that is unknown. */
    since: z.optional(utcTime()),
  }),
  example: { meterId: 'ACR-001234', since: '2026-01-01T08:00:00.000Z' },
});

/** @returns from when on readings count otherwise, milliseconds, 0 for ever; undefined where they count as before */
export function countsOtherwiseSince(before: Meter, after: Meter): number | undefined {
  const [old, made] = [segmentsOf(before), segmentsOf(after)];
  const changed = made.flatMap((segment, i) => {
    const same = old[i]!;
    return counting.some((field) => segment[field] !== same[field]) ? [segment.from, same.from] : [];
  });
  return changed.length === 0 ? undefined : Math.min(...changed);
}

const segmentsOf = (meter: Meter) => profileOf(meter).segments;

/** What energy is counted by; the end of a device that is taken out changes nothing of what it counted. */
const counting = ['from', 'digits', 'decimals', 'startRegister', 'multiplier', 'maxKw'] as const;

export const recordCorrected = (meter: Meter, sinceMs: number) => ({
  meterId: meter.id,
  ...(sinceMs === 0 ? {} : { since: isoTime(sinceMs) }),
});
