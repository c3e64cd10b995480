/** How a key was used: how often, read from the rows that count its requests for the limits; and with what outcome. */
import { outcomePrefixes, outcomeRowKey } from '../../../layers/kernel/auth/key-outcomes.ts';
import { limitsTable, rateRowKey, usagePrefix } from '../../../layers/kernel/auth/rate-limit.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { apiKeyEntity } from './api-key-entity.ts';
import type { apiKeys } from './routes.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

type Row = Record<string, unknown>;
type CountRow = Row & { minute: number };
type OutcomeRow = Row & { day: string };

export const getApiKeyUsage: Operation<typeof apiKeys.routes.getApiKeyUsage> = async ({ session, params, query }) => {
  await session.require(apiKeyEntity, params);
  return { data: await readUsage(session, params.id, query.days) };
};

/** @param days counted back from today, UTC */
export async function readUsage(session: TenantSession, keyId: string, days: number) {
  const today = Math.floor(Date.parse(session.context.now()) / dayMs);
  const range = { from: [today - days + 1], to: [today + 1], order: 'descending', limit: 100 } as const;
  const [counts, outcomes] = await Promise.all([
    session.query<CountRow>({ table: limitsTable }, { pk: rateRowKey(keyId), ...range }),
    session.query<OutcomeRow>({ table: limitsTable }, { pk: outcomeRowKey(keyId), ...range }),
  ]);
  const outcomeOf = new Map(outcomes.items.map((row) => [row.day, row]));
  const used = counts.items.map((row) => {
    const day = new Date(Math.floor((row.minute * minuteMs) / dayMs) * dayMs).toISOString().slice(0, 10);
    return usageOfDay(day, row, outcomeOf.get(day) ?? {});
  });
  const [latest] = counts.items;
  return {
    usageCount: used.reduce((sum, day) => sum + day.usageCount, 0),
    lastUsedAt: latest === undefined ? null : new Date(latest.minute * minuteMs).toISOString(),
    days: used,
  };
}

function usageOfDay(day: string, counts: Row, outcomes: Row) {
  const endpoints = numbersBehind(counts, usagePrefix);
  const { measured, durationMs, clientErrors, serverErrors } = outcomePrefixes;
  const at = (prefix: string, operation: string): number => Number(outcomes[prefix + operation] ?? 0);
  const average = (names: readonly string[]): number | null => {
    const sum = (prefix: string): number => names.reduce((total, name) => total + at(prefix, name), 0);
    return sum(measured) === 0 ? null : Math.round(sum(durationMs) / sum(measured));
  };
  // A request from a refused address ends before it is counted.
  const names = new Set([...Object.keys(endpoints), ...Object.keys(numbersBehind(outcomes, measured))]);
  const operations = [...names].map((operation) => ({
    operation,
    usageCount: endpoints[operation] ?? 0,
    clientErrors: at(clientErrors, operation),
    serverErrors: at(serverErrors, operation),
    averageResponseMs: average([operation]),
  }));
  const total = (name: 'usageCount' | 'clientErrors' | 'serverErrors'): number =>
    operations.reduce((sum, one) => sum + one[name], 0);
  return {
    day,
    usageCount: total('usageCount'),
    endpoints,
    clientErrors: total('clientErrors'),
    serverErrors: total('serverErrors'),
    averageResponseMs: average([...names]),
    operations,
  };
}

const numbersBehind = (row: Row, prefix: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, count]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), Number(count)]] : [],
    ),
  );
