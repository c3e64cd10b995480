/** How long a tenant keeps the counters of its business. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';

const defaultRetentionDays = 400;
/** A year of hours is some 8,760 small rows; ten years are what tax offices ask for. */
export const retentionBounds = { least: 30, most: 3650 } as const;

export interface MetricSettings {
  id: string;
  retentionDays: number;
}

const metricSettingsEntity = defineEntity<MetricSettings, object>()({
  name: 'metric settings',
  table: 'monitoring',
  key: () => ({ pk: ['METRIC-SETTINGS'], sk: ['METRIC-SETTINGS'] }),
  idOf: () => 'metrics',
});

const cache = new Map<string, { days: number; until: number }>();
const cacheMs = 60_000;
const maxCached = 1000;

export async function readMetricSettings(session: TenantSession): Promise<{ retentionDays: number }> {
  const stored = await session.get(metricSettingsEntity, {}, { consistent: true });
  return { retentionDays: stored?.retentionDays ?? defaultRetentionDays };
}

/** For those who count: a change takes up to a minute to reach them. */
export async function metricRetentionDays(session: TenantSession): Promise<number> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.days;
  const { retentionDays } = await readMetricSettings(session);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
  cache.set(session.tenantId, { days: retentionDays, until: Date.now() + cacheMs });
  return retentionDays;
}

/** A shorter time hides what is older at once; rows written before keep the end they were given. */
export async function changeMetricSettings(session: TenantSession, retentionDays: number): Promise<void> {
  await saveRow(session, metricSettingsEntity, { id: 'metrics', retentionDays });
  cache.delete(session.tenantId);
}
