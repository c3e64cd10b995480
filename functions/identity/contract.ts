/** What other domains may know of tenants. */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import { tenantEntity } from './tenants/tenant-entity.ts';

export interface TenantProfile {
  name: string;
  /** IANA time zone. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  locale: 'en' | 'ar';
}

const cache = new Map<string, { profile: TenantProfile; until: number }>();
const cacheMs = 60_000;

/** Settings of the session's tenant, cached for a minute per function instance. Needs read access to table `identity`. */
export async function tenantProfile(session: TenantSession): Promise<TenantProfile> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.profile;
  const { name, timeZone, currency, locale } = await session.require(tenantEntity, { id: session.tenantId });
  const profile = { name, timeZone, currency, locale };
  cache.set(session.tenantId, { profile, until: Date.now() + cacheMs });
  return profile;
}
