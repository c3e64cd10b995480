/** Who had which meter when, kept in memory for a minute: meters report far more often than they change hands. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type Occupancy, occupancyEntity } from '../supplies/supply-entity.ts';

const keepMs = 60_000;
const mostKept = 20_000;
const kept = new Map<string, { occupancy: Occupancy | undefined; untilMs: number }>();

/** Meters nobody has ever had are missing. */
export async function occupanciesOf(
  session: TenantSession,
  meterIds: readonly string[],
): Promise<Map<string, Occupancy>> {
  const nowMs = Date.now();
  const keyOf = (meterId: string): string => `${session.tenantId} ${meterId}`;
  const missing = meterIds.filter((meterId) => !((kept.get(keyOf(meterId))?.untilMs ?? 0) > nowMs));
  if (kept.size + missing.length > mostKept) kept.clear();
  const read = await session.getMany(
    occupancyEntity,
    missing.map((meterId) => ({ meterId })),
  );
  const found = new Map(read.map((occupancy) => [occupancy.meterId, occupancy as Occupancy]));
  for (const meterId of missing) kept.set(keyOf(meterId), { occupancy: found.get(meterId), untilMs: nowMs + keepMs });
  for (const meterId of meterIds) {
    const occupancy = kept.get(keyOf(meterId))?.occupancy;
    if (occupancy !== undefined) found.set(meterId, occupancy);
  }
  return found;
}
