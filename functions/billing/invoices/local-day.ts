/** Calendar days of the tenant. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { localDate } from '../../../layers/metering/time-zone.ts';
import { tenantProfile } from '../../identity/contract.ts';

export async function today(session: TenantSession): Promise<string> {
  return localDate(Date.parse(session.context.now()), (await tenantProfile(session)).timeZone);
}
