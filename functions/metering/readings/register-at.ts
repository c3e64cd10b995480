/** What a meter's register showed at a moment, as bills print it: the last reading that stood when the bill was made, with its day. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { fromUnits } from '../../../layers/metering/register.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { neighbourKnownAt } from './readings-known-at.ts';

export interface RegisterReading {
  timeMs: number;
  /** Local day it was taken. */
  day: string;
  /** Decimal kilowatt-hours of the register's own scale. */
  registerKwh: string;
  /** Somebody put it in for a reading that never came. */
  isEstimated: boolean;
}

/** A reading further back than three months says nothing of a bill. */
const reachMs = 92 * 86_400_000;

export async function registerAt(
  session: TenantSession,
  meterId: string,
  atMs: number,
  knownMs: number,
): Promise<RegisterReading | undefined> {
  const [found, { timeZone }] = await Promise.all([
    neighbourKnownAt(session, meterId, 'before', atMs + 1, knownMs, reachMs),
    tenantProfile(session),
  ]);
  return (
    found && {
      timeMs: found.timeMs,
      day: localDate(found.timeMs, timeZone),
      registerKwh: fromUnits(found.register),
      isEstimated: found.edit?.action === 'added',
    }
  );
}
