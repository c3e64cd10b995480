/** The rules of a tenant: its own, and the defaults it did not replace. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { notFound } from '../../../layers/kernel/errors/app-error.ts';
import { operatorTenant } from '../config.ts';
import { defaultRules } from './default-rules.ts';
import { ruleEntity, rulesPartition, type StoredRule } from './rule-entity.ts';

/** Every event is held against every rule of its tenant. */
export const maxRules = 100;

/** The defaults first, then the tenant's own in the order they were made. */
export async function readRules(session: TenantSession): Promise<StoredRule[]> {
  const { items } = await session.query<StoredRule>(ruleEntity, { pk: rulesPartition, limit: maxRules * 2 });
  const stored = new Map(items.map((rule) => [rule.id, rule]));
  const defaults = defaultsOf(session.tenantId).map((rule) => stored.get(rule.id) ?? rule);
  return [...defaults, ...items.filter(({ id }) => !defaults.some((rule) => rule.id === id))];
}

/** @throws AppError `not_found` */
export async function requireRule(session: TenantSession, id: string): Promise<StoredRule> {
  const stored = await session.get(ruleEntity, { id }, { consistent: true });
  const rule = stored ?? defaultsOf(session.tenantId).find((candidate) => candidate.id === id);
  if (rule === undefined) throw notFound(ruleEntity.name, id);
  return rule as StoredRule;
}

/** Metrics are the installation's, so rules on them are for the tenant of those who run it. */
const defaultsOf = (tenantId: string): readonly StoredRule[] =>
  defaultRules.filter(({ conditionType }) => conditionType === 'pattern' || tenantId === operatorTenant());

const cache = new Map<string, { rules: StoredRule[]; until: number }>();
const cacheMs = 60_000;
const maxCached = 1000;

/** For those who read them with every event; a change takes up to a minute to reach them. */
export async function cachedRules(session: TenantSession): Promise<StoredRule[]> {
  const known = cache.get(session.tenantId);
  if (known && known.until > Date.now()) return known.rules;
  const rules = await readRules(session);
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value!);
  cache.set(session.tenantId, { rules, until: Date.now() + cacheMs });
  return rules;
}
