/** What an edit of usage would come to: each interval by the method asked for, beside what counts now. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { segmentAt } from '../../../layers/metering/meter-state.ts';
import { fromUnits, toUnits } from '../../../layers/metering/register.ts';
import { timeBuckets } from '../../../layers/metering/time-buckets.ts';
import { estimate } from '../../../layers/vee/estimate.ts';
import { likeDaysOf } from '../../../layers/vee/like-days.ts';
import type { EstimationMethod, IntervalValue } from '../../../layers/vee/series.ts';
import { usualSettings } from '../../../layers/vee/vee-settings.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { refused } from '../meters/check-devices.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { type EnergyBucket, energyOfMeter } from '../readings/energy-of-meter.ts';
import type { UsageCell } from './usage-edit-entity.ts';
import { type EditedEnergy, mostCells, type RequestUsageEdit, type UsageEdit } from './usage-edit-schema.ts';

const dayMs = 86_400_000;
const longestDays = 400;
/** Weeks that like days and means are made of: four of each day of the week. */
const pastDays = 28;
const stepMs = { quarter_hour: 900_000, hour: 3_600_000 } as const;

type Cell = { from: number; to: number };

export interface UsagePlan {
  cells: UsageCell[];
  recorded: Pick<UsageEdit, 'intervals' | 'oldKwh' | 'newKwh' | 'registerKwh' | 'basis'>;
}

/** @throws AppError `unprocessable` when the method lacks what it needs, or the meter cannot have taken so much */
export async function planUsageEdit(session: TenantSession, meter: Meter, asked: RequestUsageEdit): Promise<UsagePlan> {
  const { timeZone } = await tenantProfile(session);
  const grid = gridOf(session, meter, asked, timeZone);
  const buckets = grid.map(({ from, to }) => ({ start: from, end: to }));
  const old = await energyOfMeter(session, meter, asked.energy, buckets);
  const register = old.every((bucket) => bucket.billable) ? unitsIn(old) : undefined;
  const made = await amounts(session, meter, asked, { grid, register, timeZone });
  refuseImpossible(meter, grid, made.units);
  const oldUnits = old.some(({ units }) => units !== undefined) ? unitsIn(old) : undefined;
  return {
    cells: grid.map(({ to }, i) => ({ to, units: made.units[i]!, old: old[i]!.units })),
    recorded: {
      intervals: grid.length,
      ...(oldUnits === undefined ? {} : { oldKwh: fromUnits(oldUnits) }),
      newKwh: fromUnits(made.units.reduce((sum, units) => sum + units, 0n)),
      ...(register === undefined ? {} : { registerKwh: fromUnits(register) }),
      basis: made.basis,
    },
  };
}

function gridOf(session: TenantSession, meter: Meter, asked: RequestUsageEdit, timeZone: string): Cell[] {
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (from >= to) throw refused('/to', 'It is not after `from`.', 'يجب أن يكون بعد `from`.');
  if (asked.to > session.context.now()) throw refused('/to', 'The time is yet to come.', 'هذا الوقت لم يحن بعد.');
  if (to - from > longestDays * dayMs)
    throw refused(
      '/to',
      `At most ${longestDays} days are edited at once.`,
      `أقصى ما يُعدَّل مرة واحدة بالأيام: ${longestDays}.`,
    );
  const profile = profileOf(meter);
  if (segmentAt(profile, from) === undefined || segmentAt(profile, to - 1) === undefined)
    throw refused('/from', 'No device was installed at that time.', 'لم يكن هناك جهاز مركّب في ذلك الوقت.');
  const cells =
    asked.interval === 'day'
      ? timeBuckets('day', from, to, timeZone).map(({ start, end }) => ({
          from: Math.max(start, from),
          to: Math.min(end, to),
        }))
      : steps(from, to, stepMs[asked.interval]);
  if (cells.length > mostCells)
    throw refused(
      '/interval',
      `At most ${mostCells} intervals are edited at once.`,
      `أقصى ما يُعدَّل مرة واحدة بالفترات: ${mostCells}.`,
    );
  return cells;
}

function steps(from: number, to: number, length: number): Cell[] {
  return Array.from({ length: Math.ceil((to - from) / length) }, (_, i) => ({
    from: from + i * length,
    to: Math.min(from + (i + 1) * length, to),
  }));
}

const unitsIn = (buckets: readonly EnergyBucket[]): bigint =>
  buckets.reduce((sum, { units }) => sum + (units ?? 0n), 0n);

interface Known {
  grid: readonly Cell[];
  register: bigint | undefined;
  timeZone: string;
}

/** Where edits have methods of their own names, those of estimation do the work. */
const estimationOf = {
  linear: 'register_difference',
  like_days: 'like_days',
  history: 'history',
} as const satisfies Record<Exclude<RequestUsageEdit['method'], 'values'>, EstimationMethod>;

async function amounts(
  session: TenantSession,
  meter: Meter,
  { interval, energy, method, values, totalKwh, ignoreRegister }: RequestUsageEdit,
  { grid, register, timeZone }: Known,
): Promise<{ units: bigint[]; basis: string }> {
  if ((method === 'values') !== (values !== undefined))
    throw refused(
      '/values',
      'Values belong to the method `values`, and to no other.',
      'القيم تُكتب مع الطريقة `values` وحدها.',
    );
  if (method === 'values') {
    if (totalKwh !== undefined)
      throw refused(
        '/totalKwh',
        'A total is not given beside values: they are the total.',
        'لا يُكتب مجموع بجانب القيم: فهي المجموع.',
      );
    if (values!.length !== grid.length)
      throw refused('/values', `The stretch has ${grid.length} intervals.`, `عدد فترات هذه المدة: ${grid.length}.`);
    return { units: values!.map((kwh) => BigInt(toUnits(kwh)!)), basis: 'values given' };
  }
  const given = totalKwh === undefined ? undefined : BigInt(toUnits(totalKwh)!);
  const total = given ?? (ignoreRegister ? undefined : register);
  if (method === 'linear' && total === undefined)
    throw refused(
      '/totalKwh',
      'The register does not tell what the stretch came to: give a total.',
      'العداد لا يبيّن مجموع هذه المدة: اكتب المجموع.',
    );
  const perDay = method === 'history' ? await usualPerDay(session, meter, energy, grid) : undefined;
  const { values: made, left } = estimate(
    {
      grid: { from: grid[0]!.from, to: grid.at(-1)!.to, lengthMs: grid[0]!.to - grid[0]!.from },
      good: [],
      missing: grid,
      ...(total === undefined ? {} : { registerDifference: total }),
      past: method === 'like_days' ? await readPast(session, meter, { energy, interval }, grid, timeZone) : [],
      ...likeDaysOf(timeZone),
      ...(perDay === undefined ? {} : { historyPerDay: [perDay] }),
    },
    { ...usualSettings, estimation: { ...usualSettings.estimation, order: [estimationOf[method]], longestDays } },
  );
  if (left.length > 0)
    throw refused(
      '/method',
      'The four weeks before do not tell what this method needs.',
      'الأسابيع الأربعة السابقة لا تكفي لهذه الطريقة.',
    );
  const scaled = given !== undefined ? 'a total given' : total !== undefined ? 'what the register moved' : undefined;
  return { units: made.map(({ units }) => units), basis: [words[method], scaled].filter(Boolean).join(', scaled to ') };
}

const words = {
  linear: 'evenly spread',
  like_days: `the mean of up to ${usualSettings.estimation.likeDays} days of the same kind`,
  history: 'the mean of the four weeks before',
} as const;

/** Units a day of the weeks before, where bills could stand on all of them. */
async function usualPerDay(
  session: TenantSession,
  meter: Meter,
  energy: EditedEnergy,
  grid: readonly Cell[],
): Promise<bigint | undefined> {
  const end = grid[0]!.from;
  const [whole] = await energyOfMeter(session, meter, energy, [{ start: end - pastDays * dayMs, end }]);
  return whole?.billable ? whole.units! / BigInt(pastDays) : undefined;
}

/** What was measured in the weeks before, as fine as the edit. */
async function readPast(
  session: TenantSession,
  meter: Meter,
  { energy, interval }: Pick<RequestUsageEdit, 'energy' | 'interval'>,
  grid: readonly Cell[],
  timeZone: string,
): Promise<IntervalValue[]> {
  const end = grid[0]!.from;
  const start = end - pastDays * dayMs;
  const buckets =
    interval === 'day'
      ? timeBuckets('day', start, end, timeZone)
      : steps(start, end, stepMs[interval]).map(({ from, to }) => ({ start: from, end: to }));
  return (await energyOfMeter(session, meter, energy, buckets)).flatMap(
    ({ start: from, end: to, units, isMeasured }) =>
      units === undefined || !isMeasured || to > end ? [] : [{ from, to, units, kind: 'measured' as const }],
  );
}

function refuseImpossible(meter: Meter, grid: readonly Cell[], units: readonly bigint[]): void {
  const profile = profileOf(meter);
  // kW × ms / 3,600,000 ms/h × 1,000,000 units/kWh, and a unit for rounding
  const most = ({ from, to }: Cell): number => ((segmentAt(profile, from)?.maxKw ?? 0) * (to - from)) / 3.6 + 1;
  if (grid.some((cell, i) => Number(units[i]!) > most(cell)))
    throw refused('/values', 'It is more than the metering point can carry.', 'أكثر مما تتحمله نقطة القياس.');
}
