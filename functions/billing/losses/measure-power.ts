/** What a measurement of power adds to a loss report, as an input of an area: marked as integrated, and each direction by itself. */
import { addDays, dayStart } from '../../../layers/tariff/calendar.ts';
import { noShare } from './billed-energy.ts';
import type { PlannedMeter } from './loss-report-entity.ts';
import { type MeasuredLine, type MeasuringTools, piecesOf } from './measure-meter.ts';
import type { PowerDay } from './power-input.ts';
import { daysIn } from './report-days.ts';

export function measurePower(
  { timeZone, rows, power }: MeasuringTools,
  { meterId: pointId, places }: PlannedMeter,
): MeasuredLine[] {
  return piecesOf(places, rows).map(({ area, row, role, spans, isReturn, isShared }) => {
    const known = power(pointId, area);
    const days: { day: string; energy: PowerDay | undefined }[] = [];
    for (const { from, to } of spans)
      for (let day = from; day < to; day = addDays(day, 1)) days.push({ day, energy: known?.get(day) });
    const isUnread = ({ day, energy }: (typeof days)[number]): boolean =>
      energy === undefined || energy.unknownMs === dayStart(addDays(day, 1), timeZone) - dayStart(day, timeZone);
    const read = days.filter((each) => !isUnread(each));
    const sum = (select: (energy: PowerDay) => bigint): bigint =>
      read.reduce((units, { energy }) => units + select(energy!), 0n);
    const [forward, backward] = [sum((energy) => energy.forward), sum((energy) => energy.backward)];
    const [entered, returned] = isReturn ? [backward, forward] : [forward, backward];
    return {
      ...{ area, row, role },
      days: daysIn(spans),
      importUnits: read.length === 0 ? undefined : entered,
      exportUnits: read.length === 0 ? undefined : returned,
      estimatedUnits: sum(({ bridged }) => bridged),
      unreadDays: days.length - read.length,
      isComplete: days.every(({ energy }) => energy?.unknownMs === 0),
      isKnownMeter: known !== undefined,
      isIntegrated: true,
      ...(isShared ? { isShared } : {}),
      billed: noShare,
      sold: 0n,
      unbilled: 0n,
      withoutSupply: 0n,
    };
  });
}
