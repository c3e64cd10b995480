/** What a meter's readings told of a period at an earlier moment, with each reading, the message it came with, and what came after. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { meterKnownAt } from '../meters/meter-known-at.ts';
import type { Device, Meter } from '../meters/meter-schema.ts';
import { type TracedUsageEdit, usageEditsOf } from '../usage-edits/trace-usage-edits.ts';
import { editedStretches } from '../usage-edits/usage-edit-entity.ts';
import { topicOf } from './reading-schema.ts';
import { type KnownReading, type LaterReading, neighbourKnownAt, readingsKnownAt } from './readings-known-at.ts';
import { readNeighbour } from './readings-store.ts';
import { type BucketUsage, usageFrom } from './usage-of-meter.ts';
import { widerReadings } from './wider-readings.ts';

export interface TracedReading {
  /** ISO 8601, UTC, like all times here. */
  time: string;
  /** Decimal kilowatt-hours of the register's own scale. */
  registerKwh: string;
  exportRegisterKwh?: string;
  /** `raw`: as it arrived; `edited`: a person decided about it; `added`: put in by a person, it never arrived. */
  kind: 'raw' | 'edited' | 'added';
  source: KnownReading['source'];
  /** Of what was added: when it was decided. */
  receivedAt: string;
  messageId?: string;
  topic?: string;
  edit?: { id: string; action: string; arrivedKwh?: string; reason?: string; by?: string; decidedAt?: string };
}

export interface TracedLaterReading extends TracedReading {
  knownAt: string;
  /** Whether it counts; a rejected one does not. */
  stands: boolean;
}

export interface UsageOfMoment {
  usage: BucketUsage[];
  /** Those at the metering point in the period, in order. */
  devices: Device[];
  /** Within the period and the nearest on both sides, in order of time. */
  readings: TracedReading[];
  later: TracedLaterReading[];
  /** Stretches whose usage a person decided, then or later. */
  usageEdits: TracedUsageEdit[];
}

/** @param buckets in order of time, without gaps */
export async function usageKnownAt(
  session: TenantSession,
  present: Meter,
  buckets: readonly { start: number; end: number }[],
  knownMs: number,
): Promise<UsageOfMoment> {
  const [start, end] = [buckets[0]!.start, buckets.at(-1)!.end];
  const meter = await meterKnownAt(session, present, knownMs);
  const [before, within, after, next, stretches] = await Promise.all([
    neighbourKnownAt(session, meter.id, 'before', start, knownMs),
    readingsKnownAt(session, meter.id, { fromMs: start, toMs: end }, knownMs),
    neighbourKnownAt(session, meter.id, 'after', end, knownMs),
    readNeighbour(session, meter.id, 'after', end, 6),
    editedStretches(session, meter, { start, end }, knownMs),
  ]);
  const known = [before, ...within.known, after].filter((reading) => reading !== undefined);
  const wider = await widerReadings(
    known,
    { start, end },
    async (range) => (await readingsKnownAt(session, meter.id, range, knownMs)).known,
  );
  const closing =
    next === undefined
      ? []
      : (await readingsKnownAt(session, meter.id, { fromMs: next.timeMs, toMs: next.timeMs + 1 }, knownMs)).later;
  return {
    usage: usageFrom({ readings: known, wider, stretches }, meter, buckets),
    usageEdits: await usageEditsOf(session, meter, { start, end }, knownMs),
    devices: meter.devices.filter(
      ({ installedAt, removedAt }) =>
        (installedAt === undefined || Date.parse(installedAt) < end) &&
        (removedAt === undefined || Date.parse(removedAt) > start),
    ),
    readings: known.map(toTraced),
    later: [...within.later, ...closing].map(toTracedLater),
  };
}

const toTracedLater = (reading: LaterReading): TracedLaterReading => ({
  ...toTraced(reading),
  knownAt: isoTime(reading.knownMs),
  stands: reading.stands,
});

function toTraced({ timeMs, register, exportRegister, receivedMs, ...reading }: KnownReading): TracedReading {
  const { source, messageId, via, edit, decision } = reading;
  const by = decision?.decidedBy ?? decision?.requestedBy;
  return {
    time: isoTime(timeMs),
    registerKwh: fromUnits(register),
    ...(exportRegister === undefined ? {} : { exportRegisterKwh: fromUnits(exportRegister) }),
    kind: kindOf(edit),
    source,
    receivedAt: isoTime(receivedMs),
    ...(messageId === undefined ? {} : { messageId }),
    ...(via === undefined ? {} : { topic: topicOf(via) }),
    ...(edit === undefined
      ? {}
      : {
          edit: {
            id: edit.editId,
            action: edit.action,
            ...(edit.arrived === undefined ? {} : { arrivedKwh: fromUnits(edit.arrived) }),
            ...(decision === undefined ? {} : { reason: decision.reason }),
            ...(by === undefined ? {} : { by }),
            ...(decision?.decidedAt === undefined ? {} : { decidedAt: decision.decidedAt }),
          },
        }),
  };
}

/** What was put back counts as it arrived. */
function kindOf(edit: KnownReading['edit']): TracedReading['kind'] {
  if (edit === undefined || edit.action === 'restored') return 'raw';
  return edit.action === 'added' ? 'added' : 'edited';
}
