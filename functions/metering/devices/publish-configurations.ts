/** Lambda entry: configurations on their way to devices, and away from those that are retired. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { publishConfiguration } from './configuration.ts';

const issued = z.object({ deviceId: z.string(), previousStationId: z.optional(z.string()) });
const retired = z.object({ id: z.string(), configurationVersion: z.int() });

export const handler = consumeEvents(async ({ tenantId, type, payload }) => {
  const session = openSession(tenantId);
  if (type !== 'iot.device_retired') {
    const { deviceId, previousStationId } = issued.parse(payload);
    return publishConfiguration(session, deviceId, previousStationId);
  }
  const { id, configurationVersion } = retired.parse(payload);
  if (configurationVersion > 0) await publishConfiguration(session, id);
});
