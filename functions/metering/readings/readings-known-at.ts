/**
 * The readings of a meter as they stood at an earlier moment: arrivals received until then, under the decisions made until
 * then. What was issued on them is judged by what was known, not by what came after.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Overlay, Standing } from '../../../layers/metering/reading-edits.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { standingAfter } from '../reading-edits/apply-edit.ts';
import { readingEditEntity } from '../reading-edits/edit-entity.ts';
import type { ReadingEdit } from '../reading-edits/edit-schema.ts';
import { decide, isOverlay, type MeterReading, type ReadingRange, readItems, toOverlay } from './readings-store.ts';

/** A reading and the last decision about it at the time. */
export interface KnownReading extends MeterReading {
  decision?: ReadingEdit;
}

/** What came or was decided after the moment, as it stands now. */
export interface LaterReading extends KnownReading {
  /** Milliseconds. */
  knownMs: number;
  /** Whether it counts; a rejected one does not. */
  stands: boolean;
}

export interface ReadingsOfMoment {
  /** Those that stood, in order of time. */
  known: KnownReading[];
  later: LaterReading[];
}

export async function readingsKnownAt(
  session: TenantSession,
  meterId: string,
  range: ReadingRange,
  knownMs: number,
): Promise<ReadingsOfMoment> {
  const items = await readItems(session, meterId, range);
  const overlays = items.filter(isOverlay).map(toOverlay);
  const edits = overlays.length === 0 ? [] : await appliedEdits(session, meterId, range);
  const until = edits.filter((edit) => decidedMs(edit) <= knownMs);
  const overlaysThen = overlays.flatMap((overlay) => overlayThen(overlay, until) ?? []);
  const byId = new Map(edits.map((edit) => [edit.id, edit]));
  const [then, now] = [decide(items, overlaysThen), decide(items, overlays)].map((readings) =>
    readings.map((standing) => explained(standing, byId)),
  );
  return {
    known: then!.filter(({ stands, reading }) => stands && reading.receivedMs <= knownMs).map(({ reading }) => reading),
    later: now!
      .map(({ stands, reading }) => ({
        ...reading,
        stands,
        knownMs: Math.max(reading.receivedMs, reading.decision === undefined ? 0 : decidedMs(reading.decision)),
      }))
      .filter((reading) => reading.knownMs > knownMs),
  };
}

const dayMs = 86_400_000;
/** Doubled from step to step: hourly meters answer with the first, silent ones cost few queries. */
const firstStepMs = dayMs;
/** As far as consumption looks for a neighbour: six months. */
const longestReachMs = 184 * dayMs;

/** The nearest known reading before a time or, with `after`, at or after it. */
export async function neighbourKnownAt(
  session: TenantSession,
  meterId: string,
  side: 'before' | 'after',
  timeMs: number,
  knownMs: number,
  reachMs = longestReachMs,
): Promise<KnownReading | undefined> {
  // A meter's clock may be ahead a little; what is further off cannot have been received.
  const end = Math.min(timeMs + reachMs, knownMs + dayMs);
  const start = timeMs - reachMs;
  let [edge, step] = [timeMs, firstStepMs];
  while (side === 'before' ? edge > start : edge < end) {
    const next = side === 'before' ? Math.max(edge - step, start) : Math.min(edge + step, end);
    const range = { fromMs: Math.min(edge, next), toMs: Math.max(edge, next) };
    const { known } = await readingsKnownAt(session, meterId, range, knownMs);
    const found = side === 'before' ? known.at(-1) : known[0];
    if (found !== undefined) return found;
    [edge, step] = [next, 2 * step];
  }
  return undefined;
}

const decidedMs = ({ decidedAt, requestedAt }: ReadingEdit): number => Date.parse(decidedAt ?? requestedAt);

/** All that counted at some time, each reading's in the order they were made. */
async function appliedEdits(
  session: TenantSession,
  meterId: string,
  { fromMs, toMs }: ReadingRange,
): Promise<ReadingEdit[]> {
  const edits: ReadingEdit[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await session.query<ReadingEdit & Stored>(readingEditEntity, {
      index: 'gsi1',
      pk: ['METER-EDITS', meterId],
      from: [isoTime(fromMs)],
      to: [isoTime(toMs)],
      limit: 100,
      cursor,
    });
    edits.push(...items.filter(({ status }) => status === 'applied'));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return edits.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
}

/** What lay over a reading by the last of the edits given; undefined when none is about it. */
function overlayThen(overlay: Overlay, edits: readonly ReadingEdit[]): Overlay | undefined {
  const last = edits.findLast(
    ({ time, registerKwh }) => Date.parse(time) === overlay.timeMs && toUnits(registerKwh) === overlay.register,
  );
  if (last === undefined) return undefined;
  const { exportRegister: _, ...rest } = overlay;
  const exportRegister = toUnits(last.newExportRegisterKwh);
  return {
    ...rest,
    standing: standingAfter(last, overlay.register, overlay.isAdded),
    ...(exportRegister === undefined ? {} : { exportRegister }),
    editId: last.id,
    count: last.sequence ?? overlay.count,
  };
}

/** With who decided and why. What a person added came with the decision. */
function explained(
  { reading, edit, isAdded, stands }: Standing<MeterReading>,
  edits: ReadonlyMap<string, ReadingEdit>,
): { reading: KnownReading; stands: boolean } {
  if (edit === undefined) return { reading, stands };
  const decision = edits.get(edit.editId);
  return {
    stands,
    reading: {
      ...reading,
      edit,
      ...(decision === undefined ? {} : { decision }),
      ...(isAdded && decision !== undefined ? { receivedMs: decidedMs(decision) } : {}),
    },
  };
}
