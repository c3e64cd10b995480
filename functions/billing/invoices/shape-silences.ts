/**
 * Long silences of a meter: the register tells how much was used, and not when. Where prices depend on the time, a straight line
 * over days would bill nights like evenings, so the amount takes the shape of like days.
 */
import { estimate } from '../../../layers/vee/estimate.ts';
import { type IntervalValue, sumOfUnits } from '../../../layers/vee/series.ts';
import type { VeeSettings } from '../../../layers/vee/vee-settings.ts';
import type { BillingEvidence } from '../../metering/contract.ts';

type Silent = BillingEvidence['buckets'][number] & { importUnits: bigint; gapMs: number };

const dayMs = 86_400_000;

export interface Likeness {
  past: readonly IntervalValue[];
  kindOfDay(time: number): string;
  timeOfDay(time: number): number;
}

/** Buckets within silences longer than the settings let pass; none where prices do not depend on the time. */
export function silentBuckets({ buckets }: BillingEvidence, { gap }: VeeSettings): Silent[] {
  const isFine = buckets[0]!.end - buckets[0]!.start < dayMs / 2;
  return buckets.filter(
    (bucket): bucket is Silent =>
      isFine &&
      bucket.billable &&
      bucket.importUnits !== undefined &&
      (bucket.gapMs ?? 0) > gap.longestMinutes * 60_000,
  );
}

/** Each silence comes to what it came to before; without like days it stays the straight line it was. */
export function shapeSilences(silent: readonly Silent[], likeness: Likeness, settings: VeeSettings): IntervalValue[] {
  const runs: Silent[][] = [];
  for (const bucket of silent) {
    const last = runs.at(-1)?.at(-1);
    if (last?.end === bucket.start && last.gapMs === bucket.gapMs) runs.at(-1)!.push(bucket);
    else runs.push([bucket]);
  }
  return runs.flatMap((run) => shapeOne(run, likeness, settings));
}

function shapeOne(run: readonly Silent[], likeness: Likeness, settings: VeeSettings): IntervalValue[] {
  const [first, last] = [run[0]!, run.at(-1)!];
  const registerDifference = run.reduce((sum, { importUnits }) => sum + importUnits, 0n);
  const missing = run.map(({ start, end }) => ({ from: start, to: end }));
  const grid = { from: first.start, to: last.end, lengthMs: first.end - first.start };
  const estimation = { ...settings.estimation, order: ['like_days' as const], longestDays: 400 };
  const { values, left } = estimate(
    { grid, good: [], missing, registerDifference, ...likeness },
    { ...settings, estimation },
  );
  if (left.length > 0 || sumOfUnits(values) !== registerDifference) return [];
  const hours = Math.round(first.gapMs / 3_600_000);
  const basis = `the register's ${registerDifference} in a silence of ${hours} h, by up to ${estimation.likeDays} days of the same kind`;
  return values.map((value) => ({ ...value, basis }));
}
