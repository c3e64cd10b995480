/** Calendar days of the tenant. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localTime } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';

export function localDay(timeMs: number, timeZone: string): string {
  const { year, month, day } = localTime(timeMs, timeZone);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export async function today(session: TenantSession): Promise<string> {
  return localDay(Date.parse(session.context.now()), (await tenantProfile(session)).timeZone);
}
