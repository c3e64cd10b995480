/** Lets a key reach less at the MQTT broker, without a new secret and for good: the way from broad keys to those that reach what they need. */
import { stageName } from '../../../layers/kernel/config/resource-names.ts';
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { stationIdsOf } from '../../scada/contract.ts';
import { devicePolicies } from '../authorizers/device-policies.ts';
import { type ApiKey, apiKeyEntity } from './api-key-entity.ts';
import { isGatewayKey, isWithinPaths } from './mqtt-reach.ts';

export interface NarrowerReach {
  stationIds?: string[] | undefined;
  mqttPaths?: string[] | undefined;
}

/**
 * An open connection notices within the hour, when AWS IoT asks for its policy again.
 * @throws AppError `conflict` for a key that is revoked, `unprocessable` for what it does not reach now
 */
export function narrowKey(session: TenantSession, id: string, narrower: NarrowerReach): Promise<ApiKey & Stored> {
  return retryOnChange(async () => {
    const before = await session.require(apiKeyEntity, { id });
    if (!before.isActive) throw new AppError('conflict', 'The key is revoked.');
    const { stationIds = before.stationIds, mqttPaths = before.mqttPaths } = narrower;
    const isInside =
      // A key for all stations is no gateway's, and would become one.
      isGatewayKey(before) === isGatewayKey({ ...before, stationIds }) &&
      (before.stationIds.length === 0 || stationIds.every((one) => before.stationIds.includes(one))) &&
      isWithinPaths(mqttPaths, before.mqttPaths);
    if (!isInside)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: 'The key does not reach that now: make another one.',
          ar: 'لا يصل المفتاح إلى ذلك الآن: أنشئ مفتاحًا آخر.',
        },
      });
    await refuseTooManyPaths(session, { stationIds, mqttPaths, allowedIps: before.allowedIps });
    const changes = { stationIds, ...(mqttPaths === undefined ? {} : { mqttPaths }) };
    return session.transact('identity', (unit) => unit.update(apiKeyEntity, before, changes));
  });
}

/** @throws AppError `unprocessable` for more than AWS lets a policy hold: such a key could never connect */
export async function refuseTooManyPaths(
  session: TenantSession,
  { stationIds, allowedIps, mqttPaths }: NarrowerReach & Pick<ApiKey, 'stationIds' | 'allowedIps'>,
): Promise<void> {
  if (mqttPaths === undefined) return;
  const stations = stationIds.length > 0 ? stationIds : await stationIdsOf(session);
  if (devicePolicies(stations, allowedIps, stageName(), undefined, mqttPaths)) return;
  throw new AppError('unprocessable', undefined, {
    texts: {
      en: 'AWS takes no policy of so many stations and paths: name fewer.',
      ar: 'لا تقبل AWS سياسة بهذا العدد من المحطات والمسارات: اذكر عددًا أقل.',
    },
  });
}
