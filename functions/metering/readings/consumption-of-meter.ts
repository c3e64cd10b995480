/** Consumption of a meter over a period: reads what the curve needs and no more than its neighbours. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import {
  type BucketConsumption,
  type CurvePoint,
  consumptionOf,
  energyCurve,
} from '../../../layers/metering/consumption.ts';
import { editCurve } from '../../../layers/metering/edit-curve.ts';
import { isPersonsWord } from '../../../layers/metering/reading-edits.ts';
import { isoTime } from '../../../layers/metering/reading-time.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { type Interval, timeBuckets } from '../../../layers/metering/time-buckets.ts';
import { startOfLocalDay } from '../../../layers/metering/time-zone.ts';
import type { ChainPoint } from '../../../layers/metering/trusted-chain.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { type EnergyStretch, editedStretches } from '../usage-edits/usage-edit-entity.ts';
import { type MeterReading, readNeighbour, readRange } from './readings-store.ts';
import { widerReadings } from './wider-readings.ts';

const dayMs = 86_400_000;
/** What one answer may hold, and how many readings it may cost. */
const longest: Record<Interval, number> = { hour: 62 * dayMs, day: 400 * dayMs, month: 1200 * dayMs };
const usual: Record<Interval, number> = { hour: 2 * dayMs, day: 31 * dayMs, month: 366 * dayMs };
/** A meter that was silent longer has no neighbour worth interpolating to. */
const neighbourMonths = 6;

export interface ConsumptionQuery {
  interval: Interval;
  /** A UTC time, or a calendar day `yyyy-mm-dd` of the tenant's zone. */
  from?: string | undefined;
  to?: string | undefined;
}

export async function consumptionOfMeter(session: TenantSession, meter: Meter, query: ConsumptionQuery) {
  const { timeZone } = await tenantProfile(session);
  const { interval } = query;
  const to = query.to === undefined ? Date.parse(session.context.now()) : momentOf(query.to, timeZone);
  const from = query.from === undefined ? to - usual[interval] : momentOf(query.from, timeZone);
  if (from >= to) throw refused('`from` is not before `to`.');
  if (to - from > longest[interval])
    throw refused(`At most ${longest[interval] / dayMs} days can be asked for by ${interval}.`);
  const buckets = timeBuckets(interval, from, to, timeZone);
  const consumption = await measure(session, meter, buckets);
  return {
    meterId: meter.id,
    interval,
    timeZone,
    buckets: consumption.map(toAnswer),
    totalKwh: fromUnits(consumption.reduce((sum, { energy }) => sum + (energy ?? 0n), 0n)),
    billable: consumption.every(isBillable),
  };
}

/** @param buckets in order of time, without gaps */
export async function measure(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<BucketConsumption[]> {
  const { readings, stretches } = await readOfWhole(session, meter, buckets);
  return consumptionOf(curveOfMeter(meter, readings, stretches), buckets);
}

/** What the main register tells, with what people decided about stretches laid over it. */
export const curveOfMeter = (
  meter: Meter,
  readings: readonly MeterReading[],
  stretches: readonly EnergyStretch[],
): readonly CurvePoint[] =>
  editCurve(
    energyCurve(profileOf(meter), readings.map(toPoint)),
    stretches.filter(({ energy }) => energy === 'taken'),
  );

/** Everything that consumption in buckets stands on. */
export interface UsageEvidence {
  /** Within the buckets, and the neighbours on both sides. */
  readings: readonly MeterReading[];
  /** With those further off that carry registers which the neighbours lack. */
  wider: readonly MeterReading[];
  stretches: readonly EnergyStretch[];
}

export async function readWithEdits(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<UsageEvidence> {
  const found = await readOfWhole(session, meter, buckets);
  const wider = await widerReadings(found.readings, periodOf(buckets), (range) => readRange(session, meter.id, range));
  return { ...found, wider };
}

/** What energy taken stands on. */
async function readOfWhole(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<Omit<UsageEvidence, 'wider'>> {
  const [readings, stretches] = await Promise.all([
    readForBuckets(session, meter, buckets),
    editedStretches(session, meter, periodOf(buckets)),
  ]);
  return { readings, stretches };
}

const periodOf = (buckets: readonly { start: number; end: number }[]) => ({
  start: buckets[0]!.start,
  end: buckets.at(-1)!.end,
});

/** What a person decided weighs more than what arrived. */
const toPoint = ({ timeMs, register, edit }: MeterReading): ChainPoint => ({
  time: timeMs,
  register,
  ...(isPersonsWord(edit) ? { isAnchor: true } : {}),
});

/** The readings within the buckets and their nearest neighbours on both sides. */
export async function readForBuckets(
  session: TenantSession,
  meter: Meter,
  buckets: readonly { start: number; end: number }[],
): Promise<MeterReading[]> {
  const start = buckets[0]!.start;
  const end = buckets.at(-1)!.end;
  const [before, within, after] = await Promise.all([
    readNeighbour(session, meter.id, 'before', start, neighbourMonths),
    readRange(session, meter.id, { fromMs: start, toMs: end }),
    readNeighbour(session, meter.id, 'after', end, end > Date.parse(session.context.now()) ? 1 : neighbourMonths),
  ]);
  return [before, ...within, after].filter((reading) => reading !== undefined);
}

/** What bills can stand on: nothing is missing and nothing was left out. Estimates at the edges are usual practice. */
export const isBillable = ({ complete, flags }: BucketConsumption): boolean =>
  complete && !flags.includes('register_broken') && !flags.includes('unmeasured');

function toAnswer({ start, end, energy, estimated, complete, flags }: BucketConsumption) {
  return {
    start: isoTime(start),
    end: isoTime(end),
    consumptionKwh: energy === undefined ? null : fromUnits(energy),
    estimated,
    complete,
    flags,
  };
}

function momentOf(text: string, timeZone: string): number {
  if (text.length > 10) return Date.parse(text);
  const [year, month, day] = text.split('-').map(Number);
  return startOfLocalDay(year!, month!, day!, timeZone);
}

const refused = (message: string): AppError =>
  new AppError('unprocessable', message, { details: [{ in: 'query', path: '/from', message }] });
