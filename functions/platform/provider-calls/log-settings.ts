/** How long a tenant keeps its exchanges with providers, and the counts of them. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { saveRow } from '../../../layers/kernel/data/save-row.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';

export interface LogRetention {
  /** Days an exchange is kept. */
  logRetentionDays: number;
  /** Days the counts of a day are kept. */
  usageRetentionDays: number;
}

const defaultLogRetention: LogRetention = { logRetentionDays: 90, usageRetentionDays: 400 };
/** Health and overview look back a week; statistics show 366 days at most, so nothing is kept that nobody can see. */
export const logRetentionBounds = {
  logRetentionDays: { least: 1, most: 3650 },
  usageRetentionDays: { least: 30, most: 400 },
} as const;

interface LogSettings extends LogRetention {
  id: string;
}

const settingsEntity = defineEntity<LogSettings, object>()({
  name: 'integration log settings',
  table: 'platform',
  key: () => ({ pk: ['INTEGRATION-LOG-SETTINGS'], sk: ['INTEGRATION-LOG-SETTINGS'] }),
  idOf: () => 'integration-logs',
});

const cache = new Map<string, { retention: LogRetention; until: number }>();
const cacheMs = 60_000;
const maxCached = 1000;

/** As it is now, for those who show it or read by it. */
export async function readLogRetention(session: TenantSession): Promise<LogRetention> {
  const stored = await session.get(settingsEntity, {}, { consistent: true });
  const { logRetentionDays, usageRetentionDays } = stored ?? defaultLogRetention;
  return { logRetentionDays, usageRetentionDays };
}

/** For those who write: a change takes up to a minute to reach them. */
export async function cachedLogRetention(session: TenantSession): Promise<LogRetention> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.retention;
  const retention = await readLogRetention(session);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
  cache.set(session.tenantId, { retention, until: Date.now() + cacheMs });
  return retention;
}

/** A shorter time hides what is older at once; rows written before keep the end they were given. */
export async function changeLogRetention(session: TenantSession, retention: LogRetention): Promise<void> {
  await saveRow(session, settingsEntity, { id: 'integration-logs', ...retention });
  cache.delete(session.tenantId);
}

/** @returns seconds since the epoch when what happened at `time` may vanish */
export const keptUntil = (time: string, days: number): number => Math.floor(Date.parse(time) / 1000) + days * 86_400;

/** The oldest moment that is still shown. DynamoDB may take two days to delete what is older. */
export const keptSince = (now: string, days: number): string =>
  new Date(Date.parse(now) - days * 86_400_000).toISOString();
