/** Lambda entry of the queue with values for live listeners. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEach } from '../../../layers/kernel/queues/consume-messages.ts';
import type { LiveValues } from './live-values.ts';
import { listenersOf, push } from './push-messages.ts';

export const handler = consumeEach(
  (body) => JSON.parse(body) as LiveValues,
  async ({ tenantId, stationId, time, rows }) => {
    const listeners = await listenersOf(openSession(tenantId), 'readings');
    if (listeners.size === 0) return;
    const body = { type: 'values', station_id: stationId, data: rows, timestamp: time };
    await push(tenantId, { channel: 'readings', stationId, body }, listeners);
  },
);
