/** What a counter of energy of a station adds to a loss report, as an input of an area. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { toUnits } from '../../../layers/metering/register.ts';
import { addDays, dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import { energyCounter } from '../../scada/contract.ts';
import type { Period } from './area-meters.ts';
import { noShare } from './billed-energy.ts';
import type { PlannedMeter } from './loss-report-entity.ts';
import { type MeasuredLine, type MeasuringTools, piecesOf } from './measure-meter.ts';

/** A counter that was set back is seen where it shows less than before; reading it around each of many days costs time. */
const mostSteps = 32;

export async function measurePoint(
  { session, timeZone, rows }: MeasuringTools,
  { meterId: pointId, places }: PlannedMeter,
): Promise<MeasuredLine[]> {
  const countOn = await counterByDay(session, pointId, timeZone);
  const lines: MeasuredLine[] = [];
  for (const { area, row, role, spans, isReturn, isShared, rollsOverAtKwh } of piecesOf(places, rows)) {
    const steps: Step[] = [];
    for (const step of spans.flatMap(stepsOf))
      steps.push({ ...step, units: await unitsIn(step, countOn, toUnits(rollsOverAtKwh)) });
    const known = steps.flatMap(({ units }) => units ?? []);
    const energy = known.length === 0 ? undefined : known.reduce((sum, units) => sum + units, 0n);
    lines.push({
      area,
      row,
      role,
      days: daysOf(steps),
      importUnits: isReturn ? undefined : energy,
      exportUnits: isReturn ? energy : undefined,
      estimatedUnits: 0n,
      unreadDays: daysOf(steps.filter(({ units }) => units === undefined)),
      isComplete: known.length === steps.length,
      isKnownMeter: countOn !== undefined,
      ...(isShared ? { isShared } : {}),
      billed: noShare,
      sold: 0n,
      unbilled: 0n,
      withoutSupply: 0n,
    });
  }
  return lines;
}

interface Step extends Period {
  /** Millionths of a kWh. */
  units: bigint | undefined;
}

type CountOn = (day: string) => Promise<number | undefined>;

/** The count at the beginning of a local day, each read once; undefined where there is no such counter. */
async function counterByDay(session: TenantSession, pointId: string, timeZone: string): Promise<CountOn | undefined> {
  const counter = await energyCounter(session, pointId);
  if (counter === undefined) return undefined;
  const known = new Map<string, Promise<number | undefined>>();
  return (day) => {
    const count = known.get(day) ?? counter(dayStart(day, timeZone));
    known.set(day, count);
    return count;
  };
}

/** @param modulus where the count begins again: in a step it runs through less than half of that, or it was set back */
async function unitsIn(
  { from, to }: Period,
  countOn: CountOn | undefined,
  modulus: number | undefined,
): Promise<bigint | undefined> {
  const [before, after] = await Promise.all([countOn?.(from), countOn?.(to)]);
  if (before === undefined || after === undefined) return undefined;
  if (after >= before) return BigInt(after - before);
  if (modulus === undefined || before > modulus) return undefined;
  const through = after + modulus - before;
  return 2 * through < modulus ? BigInt(through) : undefined;
}

function stepsOf({ from, to }: Period): Period[] {
  const days = Math.ceil(daysBetween(from, to) / mostSteps);
  const steps: Period[] = [];
  for (let at = from; at < to; ) {
    const next = addDays(at, days);
    steps.push({ from: at, to: next < to ? next : to });
    at = next;
  }
  return steps;
}

const daysOf = (steps: readonly Period[]): number =>
  steps.reduce((days, { from, to }) => days + daysBetween(from, to), 0);
