/** The latest reading of a meter: in this month's partition for all but silent meters. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { maxClockSkewMs } from '../../../layers/metering/check-reading.ts';
import type { MeterState } from '../../../layers/metering/meter-state.ts';
import { monthOf } from '../../../layers/metering/reading-time.ts';
import { type Reading, toReading } from './reading-schema.ts';
import { readNeighbour } from './readings-store.ts';

/** @param state tells a silent meter's last month, so that its empty months need not be read */
export async function latestReading(
  session: TenantSession,
  meterId: string,
  state: MeterState | undefined,
): Promise<Reading | null> {
  const now = Date.parse(session.context.now()) + maxClockSkewMs;
  const recent = await readNeighbour(session, meterId, 'before', now, 1);
  if (recent !== undefined) return toReading(meterId, recent);
  // No checkpoint: no reading was ever accepted.
  if (state?.checkpoint === undefined || monthOf(state.checkpoint.time) > monthOf(now)) return null;
  const months = monthDistance(monthOf(state.checkpoint.time), monthOf(now)) + 1;
  const older = await readNeighbour(session, meterId, 'before', now, months);
  return older === undefined ? null : toReading(meterId, older);
}

function monthDistance(from: string, to: string): number {
  const count = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  return count(to) - count(from);
}
