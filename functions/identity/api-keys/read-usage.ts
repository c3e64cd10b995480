/** How often a key was used: read from the rows that count its requests for the limits, which keep each operation's share. */
import { limitsTable, rateRowKey, usagePrefix } from '../../../layers/kernel/auth/rate-limit.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { apiKeyEntity } from './api-key-entity.ts';
import type { apiKeys } from './routes.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

export const getApiKeyUsage: Operation<typeof apiKeys.routes.getApiKeyUsage> = async ({ session, params, query }) => {
  await session.require(apiKeyEntity, params);
  const today = Math.floor(Date.parse(session.context.now()) / dayMs);
  const { items } = await session.query<Record<string, unknown> & { minute: number }>(
    { table: limitsTable },
    { pk: rateRowKey(params.id), from: [today - query.days + 1], to: [today + 1], order: 'descending', limit: 100 },
  );
  const days = items.map((row) => {
    const endpoints = Object.fromEntries(
      Object.entries(row).flatMap(([name, count]) =>
        name.startsWith(usagePrefix) ? [[name.slice(usagePrefix.length), Number(count)]] : [],
      ),
    );
    const usageCount = Object.values(endpoints).reduce((sum, count) => sum + count, 0);
    const day = new Date(Math.floor((row.minute * minuteMs) / dayMs) * dayMs).toISOString().slice(0, 10);
    return { day, usageCount, endpoints };
  });
  const [latest] = items;
  return {
    data: {
      usageCount: days.reduce((sum, day) => sum + day.usageCount, 0),
      lastUsedAt: latest === undefined ? null : new Date(latest.minute * minuteMs).toISOString(),
      days,
    },
  };
};
