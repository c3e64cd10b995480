/**
 * Input that a station measures as power. Integrating a month of a feeder reads all its values, so a message does so many days and
 * keeps what it found; the page they belong to counts when all its days are there.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays, dayStart, daysBetween, earlier } from '../../../layers/tariff/calendar.ts';
import { energyOfPower } from '../../scada/contract.ts';
import { expiryOf, type Kept } from '../reports/report-retention.ts';
import type { Period } from './area-meters.ts';
import type { PlannedMeter, PlannedPlace } from './loss-report-entity.ts';

/** Of points and days in one message: with a value each second some ninety seconds of reading. */
const mostDays = 31;
/** Without a setting of the area, in minutes. */
const usualBridge = 15;

/** Energies are millionths of a kWh, as text. */
type KeptDay = [day: string, forward: string, backward: string, bridged: string, unknownMs: number];

interface Stretch extends Period {
  pointId: string;
  area: number;
  bridgeMinutes: number;
}

interface KeptStretch extends StretchKey, Kept {
  /** Whether there was such a point. */
  isKnown: boolean;
  days: KeptDay[];
}

interface StretchKey extends Pick<Stretch, 'pointId' | 'area' | 'from'> {
  reportId: string;
  planId: string;
}

const powerStretchEntity = defineEntity<KeptStretch, StretchKey>()({
  name: 'integrated power of a loss report',
  table: 'billing',
  key: ({ reportId, planId, pointId, area, from }) => ({
    pk: ['LOSS-REPORT', reportId],
    sk: ['POWER', planId, pointId, area, from],
  }),
  idOf: ({ pointId, from }) => `${pointId}/${from}`,
  expiresAt: expiryOf,
});

export interface PowerDay {
  forward: bigint;
  backward: bigint;
  bridged: bigint;
  unknownMs: number;
}

/** Days of a point in an area; undefined where there is no such point. */
export type PowerReader = (pointId: string, area: number) => ReadonlyMap<string, PowerDay> | undefined;

/** @returns undefined while days are left for another message */
export async function integratedPower(
  session: TenantSession,
  { keptUntil, ...plan }: { reportId: string; planId: string } & Kept,
  meters: readonly PlannedMeter[],
  timeZone: string,
): Promise<PowerReader | undefined> {
  const stretches = meters.flatMap(({ meterId, places }) => places.flatMap((place) => stretchesOf(meterId, place)));
  const keyOf = ({ pointId, area, from }: Stretch): StretchKey => ({ ...plan, pointId, area, from });
  const kept: KeptStretch[] = await session.getMany(powerStretchEntity, stretches.map(keyOf), { consistent: true });
  const isKept = (stretch: Stretch): boolean =>
    kept.some(
      ({ pointId, area, from }) => pointId === stretch.pointId && area === stretch.area && from === stretch.from,
    );
  const missing = stretches.filter((stretch) => !isKept(stretch));
  let room = mostDays;
  for (const stretch of missing) {
    room -= daysBetween(stretch.from, stretch.to);
    if (room < 0) return undefined;
    const made = { ...keyOf(stretch), keptUntil, ...(await integrate(session, stretch, timeZone)) };
    await session.transact('billing', (unit) => unit.put(powerStretchEntity, made));
    kept.push(made);
  }
  return (pointId, area) => {
    const own = kept.filter((each) => each.pointId === pointId && each.area === area);
    return own.some(({ isKnown }) => isKnown) ? new Map(own.flatMap(({ days }) => days.map(readDay))) : undefined;
  };
}

function stretchesOf(pointId: string, { area, isPower, bridgeMinutes = usualBridge, spans }: PlannedPlace): Stretch[] {
  if (!isPower) return [];
  const stretches: Stretch[] = [];
  for (const { from, to } of spans)
    for (let at = from; at < to; at = addDays(at, mostDays))
      stretches.push({ pointId, area, bridgeMinutes, from: at, to: earlier(addDays(at, mostDays), to) });
  return stretches;
}

async function integrate(
  session: TenantSession,
  { pointId, from, to, bridgeMinutes }: Stretch,
  timeZone: string,
): Promise<Pick<KeptStretch, 'isKnown' | 'days'>> {
  const energyIn = await energyOfPower(session, pointId);
  if (energyIn === undefined) return { isKnown: false, days: [] };
  const days = Array.from({ length: daysBetween(from, to) }, (_, i) => addDays(from, i));
  const windows = days.map((day) => ({ start: dayStart(day, timeZone), end: dayStart(addDays(day, 1), timeZone) }));
  const energies = await energyIn(windows, bridgeMinutes * 60_000);
  return {
    isKnown: true,
    days: energies.map(({ forward, backward, bridged, unknownMs }, i) => [
      ...([days[i]!, `${forward}`, `${backward}`, `${bridged}`] as const),
      unknownMs,
    ]),
  };
}

const readDay = ([day, forward, backward, bridged, unknownMs]: KeptDay): [string, PowerDay] => [
  day,
  { forward: BigInt(forward), backward: BigInt(backward), bridged: BigInt(bridged), unknownMs },
];
