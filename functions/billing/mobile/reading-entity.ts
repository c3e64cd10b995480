/**
 * Readings and visits of field staff as they were handed in, and the one row of a meter’s local day that holds all its
 * readings together. Which one stands follows from the set, never from who came first to the server.
 */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { clockDoubts } from './device-clock.ts';
import { gpsSchema, noAccessCodes } from './operation-schema.ts';

export const fieldReadingSchema = z.object({
  id: z.string(),
  /** The app’s id of it. */
  operationId: z.string(),
  routeId: z.string(),
  meterId: z.string(),
  readerId: z.string(),
  /** By the server’s clock; with the register it names the reading of the meter that came of it. */
  takenAt: utcTime(),
  deviceTime: utcTime(),
  /** Why the device’s time is not believed. */
  clockDoubt: z.optional(z.enum(clockDoubts)),
  /** Local. */
  day: z.string(),
  /** Missing where nobody got to the meter. */
  registerKwh: z.optional(z.string()),
  exportRegisterKwh: z.optional(z.string()),
  registers: z.optional(z.record(z.string(), z.string())),
  noAccess: z.optional(z.enum(noAccessCodes)),
  confirmed: z.boolean(),
  expected: z.optional(z.object({ lowKwh: z.string(), highKwh: z.string() })),
  /** Why metering did not take it. */
  refusal: z.optional(z.string()),
  gps: z.optional(gpsSchema),
  photoIds: z.array(z.string()),
  note: z.optional(z.string()),
});

export const storedFieldReadingSchema = storedSchema(fieldReadingSchema);
export type FieldReadingRow = z.infer<typeof fieldReadingSchema>;

export const fieldReadingEntity = defineEntity<FieldReadingRow>()({
  name: 'field reading',
  table: 'billing',
  key: ({ id }) => ({ pk: ['FIELD-READING', id], sk: ['FIELD-READING'] }),
  indexes: {
    gsi1: ({ id, routeId, takenAt }) => ({ pk: ['ROUTE-READINGS', routeId], sk: [takenAt, id] }),
    gsi2: ({ id, meterId, takenAt }) => ({ pk: ['METER-FIELD-READINGS', meterId], sk: [takenAt, id] }),
  },
  idOf: ({ id }) => id,
});

export const meterDaySchema = z.object({
  meterId: z.string(),
  /** Local. */
  day: z.string(),
  /** In order of time, see `addCandidate`. */
  candidates: z.array(
    z.object({
      id: z.string(),
      takenAt: utcTime(),
      readerId: z.string(),
      registerKwh: z.string(),
      isRefused: z.boolean(),
      /** When it was is not certain. */
      isClockDoubtful: z.optional(z.boolean()),
    }),
  ),
  /** What a person decided. */
  confirmedId: z.optional(z.string()),
  /** Whether metering has it as it was decided, and nothing that contradicts it came since. */
  isFollowed: z.optional(z.boolean()),
});
export type MeterDay = z.infer<typeof meterDaySchema>;

/** A day holds no more readings than this; nobody reads a meter oftener. */
export const maxCandidates = 20;

export const meterDayEntity = defineEntity<MeterDay, Pick<MeterDay, 'meterId' | 'day'>>()({
  name: 'read day of a meter',
  table: 'billing',
  key: ({ meterId, day }) => ({ pk: ['FIELD-DAY', meterId, day], sk: ['FIELD-DAY'] }),
  indexes: {
    gsi1: (row) => (needsPerson(row) ? { pk: ['CONTESTED-READINGS'], sk: [row.day, row.meterId] } : undefined),
  },
  idOf: ({ meterId, day }) => `${meterId} ${day}`,
});

type Candidate = MeterDay['candidates'][number];

/** In order of time; of one moment the lower register first, as registers only rise. */
export const addCandidate = ({ candidates }: MeterDay, candidate: Candidate): Candidate[] =>
  [...candidates, candidate].sort(
    (a, b) =>
      byText(a.takenAt, b.takenAt) ||
      Number(a.registerKwh) - Number(b.registerKwh) ||
      byText(a.readerId, b.readerId) ||
      byText(a.id, b.id),
  );

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The one a person chose, else the earliest of which it is certain when it was. */
export const standingOf = ({ candidates, confirmedId }: MeterDay) =>
  candidates.find(({ id }) => id === confirmedId) ??
  candidates.find(({ isClockDoubtful }) => !isClockDoubtful) ??
  candidates[0];

/** Readings of a day that say different things, or one that the meter’s history or the device’s clock speaks against. */
export function needsPerson({ candidates, confirmedId, isFollowed }: MeterDay): boolean {
  if (confirmedId !== undefined) return isFollowed === false;
  return (
    new Set(candidates.map(({ registerKwh }) => Number(registerKwh))).size > 1 ||
    candidates.some(({ isRefused, isClockDoubtful }) => isRefused || isClockDoubtful)
  );
}
