/** How a utility wants its alarms and controls: settings of the tenant, with defaults until somebody changes them. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';

const minutes = () => z.nullable(z.int().check(z.gte(1), z.lte(10_080)));

export const settingsSchema = z.strictObject({
  /** Minutes unacknowledged after which an alarm's priority goes up by one; null is never. */
  escalateAfterMinutes: z.strictObject({ low: minutes(), medium: minutes(), high: minutes(), critical: minutes() }),
  /** Alarms of one station that are told one by one in a minute; those beyond, unless critical, are summed up. */
  floodLimitPerMinute: z.int().check(z.gte(1), z.lte(10_000)),
  /** Silence after which a gateway counts as gone. */
  gatewaySilenceSeconds: z.int().check(z.gte(30), z.lte(86_400)),
  /** Whether commands need a second person, where the point itself does not say. */
  twoPersonApproval: z.boolean(),
  /** Days that recorded values are kept. */
  historyDays: z.int().check(z.gte(1), z.lte(3_660)),
});

export type ScadaSettings = z.infer<typeof settingsSchema>;

export const defaultSettings: ScadaSettings = {
  escalateAfterMinutes: { low: null, medium: 60, high: 15, critical: 5 },
  floodLimitPerMinute: 60,
  gatewaySilenceSeconds: 180,
  twoPersonApproval: false,
  historyDays: 400,
};

export const settingsEntity = defineEntity<ScadaSettings & { id: string }>()({
  name: 'scada settings',
  table: 'scada',
  key: () => ({ pk: ['SETTINGS'], sk: ['SETTINGS'] }),
  idOf: ({ id }) => id,
});

/** There is one row for each tenant. */
export const settingsId = 'settings';

const cache = new Map<string, { settings: ScadaSettings; until: number }>();
const cacheMs = 15_000;

/** Settings in force, remembered for some seconds per function instance. */
export async function scadaSettings(session: TenantSession): Promise<ScadaSettings> {
  const known = cache.get(session.tenantId);
  if (known !== undefined && known.until > Date.now()) return known.settings;
  const stored = await session.get(settingsEntity, { id: settingsId });
  const settings = { ...defaultSettings, ...stored };
  cache.set(session.tenantId, { settings, until: Date.now() + cacheMs });
  return settings;
}

export const forgetSettings = (tenantId: string): void => void cache.delete(tenantId);
