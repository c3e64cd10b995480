/** Keys that other domains issue to devices: bound to stations, with no more than the scopes of a device. */
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { deviceClientId } from '../authorizers/device-policies.ts';
import { makeKey } from './api-key-entity.ts';
import { refuseForeignStations } from './bound-new-key.ts';
import { addApiKey } from './operations.ts';

/** A gateway asks seldom; what it sends comes by MQTT, which does not count here. */
const deviceLimits = { rateLimitPerMinute: 600, rateLimitPerDay: 50_000 };

export interface DeviceKeyOrder {
  name: string;
  description: string;
  scopes: string[];
  stationIds: string[];
  createdBy: string;
  /** Whether it connects under a name of its own, which no other key may take. @default false */
  hasOwnClientId?: boolean;
  /** Paths below its stations, e.g. `meter/M-1/*`: it reaches no others. @default all */
  mqttPaths?: string[];
}

export async function issueKey(
  session: TenantSession,
  { hasOwnClientId = false, ...device }: DeviceKeyOrder,
): Promise<{ id: string; key: string; clientId: string }> {
  await refuseForeignStations(session.tenantId, device.stationIds);
  const { key, prefix, hash } = makeKey(stageName());
  const id = newId('key');
  const clientId = deviceClientId(id);
  await session.transact('identity', (unit) =>
    addApiKey(unit, session.tenantId, {
      id,
      ...device,
      ...deviceLimits,
      ...(hasOwnClientId ? { mqttClientId: clientId } : {}),
      allowedIps: [],
      allowedOrigins: [],
      keyPrefix: prefix,
      keyHash: hash,
      isActive: true,
    }),
  );
  return { id, key, clientId };
}
