/**
 * What a meter showed last and what it should show at a moment: what a reader is told before he reads, and what his reading
 * is held against. The pace is that of the weeks before the last reading; it warns, and never refuses.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { movement } from '../../../layers/metering/advance.ts';
import { limitsOf, segmentAt } from '../../../layers/metering/meter-state.ts';
import { fromUnits, unitsPerKwh } from '../../../layers/metering/register.ts';
import { profileOf } from '../meters/meter-profile.ts';
import type { Meter } from '../meters/meter-schema.ts';
import { readStates } from '../meters/meter-states.ts';
import { latestReading } from './latest-reading.ts';
import { readNeighbour } from './readings-store.ts';

export interface ExpectedReading {
  last?: { time: string; registerKwh: string; source: string };
  /** Usual change of the register in a day, kilowatt-hours of its own scale. */
  perDayKwh?: string;
  /** What it should show; missing where no pace is known. `low` above `high` is a register that rolls over. */
  expected?: { lowKwh: string; highKwh: string };
}

const dayMs = 86_400_000;
/** A pace is taken over at least this long, looking back so many months. */
const paceMs = 20 * dayMs;
const paceMonths = 4;
/** Half to one and a half of the usual use, and a few kilowatt-hours for small ones. */
const share = 0.5;
const slackKwh = 5;
const tenth = unitsPerKwh / 10;

export async function expectedReading(session: TenantSession, meter: Meter, atMs: number): Promise<ExpectedReading> {
  const state = (await readStates(session, [meter.id])).get(meter.id);
  const last = await latestReading(session, meter.id, state);
  if (last === null) return {};
  const lastMs = Date.parse(last.time);
  const known = { last: { time: last.time, registerKwh: last.registerKwh, source: last.source } };
  const segment = segmentAt(profileOf(meter), lastMs);
  if (segment === undefined || (segment.to !== undefined && segment.to <= atMs)) return known;
  const earlier = await readNeighbour(session, meter.id, 'before', lastMs - paceMs, paceMonths);
  if (earlier === undefined || earlier.timeMs < segment.from) return known;
  const limits = limitsOf(segment);
  const register = Math.round(Number(last.registerKwh) * unitsPerKwh);
  const moved = movement({ time: earlier.timeMs, register: earlier.register }, { time: lastMs, register }, limits);
  if (typeof moved === 'string') return known;
  const perMs = moved.units / (lastMs - earlier.timeMs);
  const usual = perMs * Math.max(0, atMs - lastMs);
  // People read it: tenths, and never a narrower range by them.
  const shown = (units: number, round: (tenths: number) => number): string =>
    fromUnits((round((register + units) / tenth) * tenth) % limits.modulus);
  const slack = slackKwh * unitsPerKwh;
  return {
    ...known,
    perDayKwh: fromUnits(Math.round(perMs * dayMs)),
    expected: {
      lowKwh: shown(Math.max(0, usual * (1 - share) - slack), Math.floor),
      highKwh: shown(usual * (1 + share) + slack, Math.ceil),
    },
  };
}

/** Whether a register is what the pace lets expect; true where none is known. */
export function isExpected({ expected }: ExpectedReading, registerKwh: string): boolean {
  if (expected === undefined) return true;
  const [low, high, shown] = [Number(expected.lowKwh), Number(expected.highKwh), Number(registerKwh)];
  return low <= high ? shown >= low && shown <= high : shown >= low || shown <= high;
}
