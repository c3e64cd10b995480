/**
 * What billing does with readings as they arrive: says whose they are, and notes those that reach back into days that
 * may be billed. A batch of readings costs one small read of each meter that was not seen within the last minute.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { publish } from '../../../layers/kernel/events/publish.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { type LateRange, noteLateReadings } from '../corrections/note-late-readings.ts';
import { isFirstOfDay } from '../corrections/unsettled-bills.ts';
import type { Occupancy } from '../supplies/supply-entity.ts';
import { isLate } from './is-late.ts';
import { occupanciesOf } from './occupancies.ts';
import { subscriberMeterReading } from './reading-events.ts';

/** As in the event of metering. */
export interface ArrivedReading {
  meterId: string;
  time: string;
  registerKwh: string;
  consumptionKwh?: string | undefined;
}

/** @param source the event they came with: repeated, it gives the same event again */
export async function takeReadings(
  session: TenantSession,
  readings: readonly ArrivedReading[],
  source: { id: string; occurredAt: string },
): Promise<void> {
  const [{ timeZone }, occupancies] = await Promise.all([
    tenantProfile(session),
    occupanciesOf(session, [...new Set(readings.map(({ meterId }) => meterId))]),
  ]);
  const rows = readings.flatMap(({ meterId, time, registerKwh, consumptionKwh }) => {
    const span = spanAt(occupancies.get(meterId), localDate(Date.parse(time), timeZone));
    if (span === undefined) return [];
    const { customerId, supplyId } = span;
    return [
      { customerId, supplyId, meterId, time, registerKwh, ...(consumptionKwh === undefined ? {} : { consumptionKwh }) },
    ];
  });
  if (rows.length > 0)
    await publish(session, 'billing', subscriberMeterReading, {
      id: derivedId('evt', Date.parse(source.occurredAt), `${subscriberMeterReading.type} ${source.id}`),
      aggregateId: session.tenantId,
      occurredAt: source.occurredAt,
      payload: { readings: rows },
    });
  const toldMs = Date.parse(source.occurredAt);
  const causeAt = (timeMs: number, occupancy: Occupancy): LateRange['cause'] | undefined => {
    if (isLate(timeMs, toldMs, timeZone)) return 'late_reading';
    const isAwaited = occupancy.awaits !== undefined || isFirstOfDay(occupancy, localDate(timeMs, timeZone));
    return isAwaited ? 'awaited_reading' : undefined;
  };
  await noteLateReadings(session, lateRanges(readings, occupancies, causeAt));
}

/** Who had the meter on a local day. */
export const spanAt = (occupancy: Occupancy | undefined, day: string): Occupancy['spans'][number] | undefined =>
  occupancy?.spans.find(({ from, to }) => from <= day && (to === undefined || day < to));

function lateRanges(
  readings: readonly ArrivedReading[],
  occupancies: ReadonlyMap<string, Occupancy>,
  causeAt: (timeMs: number, occupancy: Occupancy) => LateRange['cause'] | undefined,
): LateRange[] {
  const ranges = new Map<string, LateRange>();
  for (const { meterId, time } of readings) {
    const occupancy = occupancies.get(meterId);
    if (occupancy === undefined) continue;
    const timeMs = Date.parse(time);
    const cause = causeAt(timeMs, occupancy);
    if (cause === undefined) continue;
    const range = ranges.get(meterId);
    if (range === undefined) ranges.set(meterId, { meterId, fromMs: timeMs, toMs: timeMs, cause });
    else {
      range.fromMs = Math.min(range.fromMs, timeMs);
      range.toMs = Math.max(range.toMs, timeMs);
      if (cause === 'late_reading') range.cause = cause;
    }
  }
  return [...ranges.values()];
}
