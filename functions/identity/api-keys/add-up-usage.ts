/** How all keys of a tenant together were used, for the developers' first page. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type ApiKey, apiKeyEntity } from './api-key-entity.ts';
import { readUsage } from './read-usage.ts';

/** A tenant with more keys than this is shown by the newest. */
const maxKeys = 100;
const parallel = 20;

export interface ApiUsage {
  keys: number;
  activeKeys: number;
  usageCount: number;
  clientErrors: number;
  serverErrors: number;
  /** Newest first; days without requests are left out. UTC. */
  days: { day: string; usageCount: number; clientErrors: number; serverErrors: number }[];
}

export async function addUpUsage(session: TenantSession, days: number): Promise<ApiUsage> {
  const { items } = await session.query<ApiKey>(apiKeyEntity, {
    index: 'gsi1',
    pk: ['APIKEY'],
    order: 'descending',
    limit: maxKeys,
  });
  const byDay = new Map<string, ApiUsage['days'][number]>();
  for (let start = 0; start < items.length; start += parallel) {
    const some = await Promise.all(items.slice(start, start + parallel).map(({ id }) => readUsage(session, id, days)));
    for (const { day, usageCount, clientErrors, serverErrors } of some.flatMap((usage) => usage.days)) {
      const sum = byDay.get(day) ?? { day, usageCount: 0, clientErrors: 0, serverErrors: 0 };
      sum.usageCount += usageCount;
      sum.clientErrors += clientErrors;
      sum.serverErrors += serverErrors;
      byDay.set(day, sum);
    }
  }
  const all = [...byDay.values()].sort((a, b) => (a.day > b.day ? -1 : 1));
  const total = (name: 'usageCount' | 'clientErrors' | 'serverErrors'): number =>
    all.reduce((sum, day) => sum + day[name], 0);
  const nowMs = Date.parse(session.context.now());
  return {
    keys: items.length,
    activeKeys: items.filter(
      ({ isActive, expiresAtTime }) => isActive && (expiresAtTime === undefined || Date.parse(expiresAtTime) > nowMs),
    ).length,
    usageCount: total('usageCount'),
    clientErrors: total('clientErrors'),
    serverErrors: total('serverErrors'),
    days: all,
  };
}
