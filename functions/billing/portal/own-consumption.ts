/** What a customer used at each meter, while it was the customer's, beside the same time of the year before. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { timeBuckets } from '../../../layers/metering/time-buckets.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { addDays, dayStart, daysBetween, earlier, later } from '../../../layers/tariff/calendar.ts';
import { type BucketUsage, usageBetween } from '../../metering/contract.ts';
import { refuseMany } from '../supplies/refuse-many.ts';
import type { Supply } from '../supplies/supply-schema.ts';

export interface ConsumptionQuestion {
  interval: 'hour' | 'day' | 'month';
  from: string;
  to: string;
  timeZone: string;
}

/** Days one may ask about. */
const longest = { hour: 7, day: 92, month: 800 };

/** The first day when none is asked for. @param to first day after */
export function usualFrom(interval: ConsumptionQuestion['interval'], to: string): string {
  if (interval === 'month') return `${Number(to.slice(0, 4)) - 1}${to.slice(4, 8)}01`;
  return addDays(to, interval === 'day' ? -31 : -1);
}

export async function ownConsumption(
  session: TenantSession,
  supplies: readonly Supply[],
  question: ConsumptionQuestion,
) {
  const { interval, from, to } = question;
  if (from >= to || daysBetween(from, to) > longest[interval])
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Ask about at least one and at most ${longest[interval]} days by ${interval}.`,
        ar: `اسأل عن يوم واحد على الأقل و${longest[interval]} يومًا على الأكثر.`,
      },
    });
  const own = supplies.filter((supply) => supply.from < to && (supply.to === undefined || supply.to > from));
  refuseMany(own);
  return Promise.all(own.map((supply) => ofSupply(session, supply, question)));
}

async function ofSupply(session: TenantSession, supply: Supply, question: ConsumptionQuestion) {
  const { interval, timeZone } = question;
  const from = later(question.from, supply.from);
  const to = earlier(question.to, supply.to ?? question.to);
  const buckets = timeBuckets(interval, dayStart(from, timeZone), dayStart(to, timeZone), timeZone);
  const usage = await usageBetween(session, supply.meterId, buckets);
  const [before, previousPeriod] = await Promise.all([
    yearBefore(session, supply, usage, timeZone),
    justBefore(session, supply, { from, to, timeZone }),
  ]);
  return {
    meterId: supply.meterId,
    interval,
    buckets: usage.map(({ start, end, importUnits, estimated }, i) => ({
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
      consumptionKwh: importUnits === undefined ? null : fromUnits(importUnits),
      yearBeforeKwh: before[i] === undefined ? null : fromUnits(before[i]),
      estimated,
    })),
    totalKwh: totalOf(usage.map(({ importUnits }) => importUnits)),
    yearBeforeKwh: totalOf(before),
    previousPeriod,
  };
}

/** Of what is known; where nothing is, the sum is unknown, too, and not nothing. */
const totalOf = (all: readonly (bigint | undefined)[]): string | null =>
  all.every((units) => units === undefined)
    ? null
    : fromUnits(all.reduce<bigint>((sum, units) => sum + (units ?? 0n), 0n));

/** As many days just before. Days the customer did not have the meter yet make it unknown: a part would compare badly. */
async function justBefore(
  session: TenantSession,
  supply: Supply,
  { from, to, timeZone }: { from: string; to: string; timeZone: string },
) {
  const start = addDays(from, -daysBetween(from, to));
  if (start < supply.from) return { from: start, to: from, totalKwh: null };
  const bucket = { start: dayStart(start, timeZone), end: dayStart(from, timeZone) };
  const [whole] = await usageBetween(session, supply.meterId, [bucket]);
  return { from: start, to: from, totalKwh: whole?.importUnits === undefined ? null : fromUnits(whole.importUnits) };
}

/** Only days the customer had the meter: a predecessor's use is nobody else's to see. */
async function yearBefore(
  session: TenantSession,
  supply: Supply,
  usage: readonly BucketUsage[],
  timeZone: string,
): Promise<(bigint | undefined)[]> {
  const began = dayStart(supply.from, timeZone);
  const shifted = usage.map(({ start, end }) => ({
    start: aYearEarlier(start, timeZone),
    end: aYearEarlier(end, timeZone),
  }));
  const first = shifted.findIndex(({ start }) => start >= began);
  if (first < 0) return usage.map(() => undefined);
  const known = await usageBetween(session, supply.meterId, shifted.slice(first));
  return [...new Array<undefined>(first).fill(undefined), ...known.map(({ importUnits }) => importUnits)];
}

function aYearEarlier(time: number, timeZone: string): number {
  const day = localDate(time, timeZone);
  const [year, rest] = [Number(day.slice(0, 4)) - 1, day.slice(4)];
  // The year before may have no 29 February: its place is taken by 1 March.
  const earlierDay = dayStart(rest === '-02-29' ? addDays(`${year}-02-28`, 1) : `${year}${rest}`, timeZone);
  return earlierDay + (time - dayStart(day, timeZone));
}
