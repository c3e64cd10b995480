/**
 * What a point that counts energy showed at given moments: between the last value before and the first after, an hour away at
 * most, since gateways tell every point again within the hour. Only around the moments is anything read.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { pointEntity } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { readHistory } from './history-store.ts';

/** Millionths of a kWh. */
const unitsPer: Record<string, number> = { Wh: 1e3, kWh: 1e6, MWh: 1e9, GWh: 1e12 };
const hourMs = 3_600_000;

/** @throws AppError `not_found`; `unprocessable` for a point whose unit is none of energy */
export async function requireEnergyPoint(session: TenantSession, pointId: string): Promise<void> {
  const { unit } = await session.require(pointEntity, { id: pointId });
  if (unit === undefined || !(unit in unitsPer))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Point "${pointId}" does not count energy: its unit is none of ${Object.keys(unitsPer).join(', ')}.`,
        ar: `النقطة "${pointId}" لا تعدّ طاقة: وحدتها ليست من ${Object.keys(unitsPer).join('، ')}.`,
      },
    });
}

/** Millionths of a kWh at a moment (milliseconds); undefined when values around it do not tell. */
export type EnergyCounter = (atMs: number) => Promise<number | undefined>;

/** @returns undefined when there is no such point, or it counts no energy any more */
export async function energyCounter(session: TenantSession, pointId: string): Promise<EnergyCounter | undefined> {
  const point = await session.get(pointEntity, { id: pointId });
  const scale = unitsPer[point?.unit ?? ''];
  return point === undefined || scale === undefined ? undefined : (atMs) => countAt(session, point, scale, atMs);
}

async function countAt(
  session: TenantSession,
  { id, deviceId }: Point,
  scale: number,
  atMs: number,
): Promise<number | undefined> {
  let before: [timeMs: number, units: number] | undefined;
  const period = { fromMs: atMs - hourMs, toMs: atMs + hourMs };
  for await (const hour of readHistory(session, { deviceId, pointIds: new Set([id]), ...period }))
    for (const sample of hour.get(id) ?? []) {
      const units = unitsOf(sample, scale);
      if (units === undefined) continue;
      if (sample.timeMs <= atMs) before = [sample.timeMs, units];
      if (sample.timeMs < atMs) continue;
      return before === undefined ? undefined : between(before, [sample.timeMs, units], atMs);
    }
  return undefined;
}

function unitsOf({ value, quality, timeUncertain }: PointSample, scale: number): number | undefined {
  if (quality !== 'good' || timeUncertain || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  const units = Math.round(Number(value) * scale);
  return Number.isSafeInteger(units) && units >= 0 ? units : undefined;
}

/** A counter that went back between the two tells nothing of what is between them. */
function between([from, low]: [number, number], [to, high]: [number, number], atMs: number): number | undefined {
  if (to === from) return low;
  return high < low ? undefined : low + Math.round(((high - low) * (atMs - from)) / (to - from));
}
