/** How long a tenant keeps its events. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';

export const defaultRetentionDays = 90;

export interface EventSettings {
  id: string;
  retentionDays: number;
}

export const eventSettingsEntity = defineEntity<EventSettings, object>()({
  name: 'event settings',
  table: 'platform',
  key: () => ({ pk: ['EVENT-SETTINGS'], sk: ['EVENT-SETTINGS'] }),
  idOf: () => 'events',
});

const cache = new Map<string, { days: number; until: number }>();
const cacheMs = 60_000;

/** The tenant's setting; a change takes up to a minute to reach the recorder. */
export async function retentionDays(session: TenantSession): Promise<number> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.days;
  const days = (await session.get(eventSettingsEntity, {}))?.retentionDays ?? defaultRetentionDays;
  cache.set(session.tenantId, { days, until: Date.now() + cacheMs });
  return days;
}
