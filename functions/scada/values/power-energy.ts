/** Energy of a feeder whose station measures power and counts no energy: recorded values integrated, some days at a time. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { PowerIntegrator, type WindowEnergy } from '../../../layers/scada/integrate-power.ts';
import type { PointSample } from '../../../layers/scada/value-chunk.ts';
import { pointEntity } from '../points/point-entity.ts';
import type { Point } from '../points/point-schema.ts';
import { readHistory } from './history-store.ts';

/** In kW. */
const unitsPer: Record<string, number> = { W: 1e-3, kW: 1, MW: 1e3, GW: 1e6 };
const minuteMs = 60_000;
/** Gateways tell every point again within the hour. */
const holdMs = 65 * minuteMs;
/** Read at a time: however often a device reports, the limit of one question is not reached, nor its values held in memory. */
const stepMs = 120 * minuteMs;

/** @throws AppError `not_found`; `unprocessable` for a point whose unit is none of active power */
export async function requirePowerPoint(session: TenantSession, pointId: string): Promise<void> {
  const { unit } = await session.require(pointEntity, { id: pointId });
  if (unit === undefined || !(unit in unitsPer))
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Point "${pointId}" does not measure power: its unit is none of ${Object.keys(unitsPer).join(', ')}.`,
        ar: `النقطة "${pointId}" لا تقيس القدرة: وحدتها ليست من ${Object.keys(unitsPer).join('، ')}.`,
      },
    });
}

/**
 * Integrates over windows (milliseconds, in order, without gaps), both directions apart: all values of the windows are read.
 * @param bridgeMs gaps up to this length are bridged
 */
export type EnergyOfPower = (
  windows: readonly { start: number; end: number }[],
  bridgeMs: number,
) => Promise<WindowEnergy[]>;

/** @returns undefined when there is no such point, or it measures no power any more */
export async function energyOfPower(session: TenantSession, pointId: string): Promise<EnergyOfPower | undefined> {
  const point = await session.get(pointEntity, { id: pointId });
  const scale = unitsPer[point?.unit ?? ''];
  if (point === undefined || scale === undefined) return undefined;
  return (windows, bridgeMs) => integrate(session, point, scale, windows, bridgeMs);
}

async function integrate(
  session: TenantSession,
  { id, deviceId }: Point,
  scale: number,
  windows: readonly { start: number; end: number }[],
  bridgeMs: number,
): Promise<WindowEnergy[]> {
  const integrator = new PowerIntegrator(windows, { holdMs, bridgeMs });
  const nowMs = Date.parse(session.context.now());
  // What holds, or is bridged, over the edges was told that much before and after them.
  const end = Math.min(windows.at(-1)!.end + bridgeMs, nowMs);
  const pointIds = new Set([id]);
  for (let fromMs = windows[0]!.start - bridgeMs - holdMs; fromMs < end; ) {
    // Hours are stored whole: one is read once.
    const toMs = Math.min(Math.floor(fromMs / stepMs) * stepMs + stepMs, end);
    for await (const hour of readHistory(session, { deviceId, pointIds, fromMs, toMs }))
      for (const sample of hour.get(id) ?? []) integrator.add({ timeMs: sample.timeMs, kw: powerOf(sample, scale) });
    fromMs = toMs;
  }
  return integrator.finish(nowMs);
}

function powerOf({ value, quality, timeUncertain }: PointSample, scale: number): number | undefined {
  if (quality !== 'good' || timeUncertain || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  const kw = Number(value) * scale;
  return Number.isFinite(kw) ? kw : undefined;
}
