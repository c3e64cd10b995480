/** Meters that are switched: orders by the API, what the broker was told, and what meters say of themselves. */
import { expect } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { meterEntity } from '../../metering/meters/meter-entity.ts';
import { handler } from '../commands/handler.ts';
import { handler as onStatusChanged } from '../commands/on-status-changed.ts';
import type { BillingStack } from './billing-stack.ts';

export const commandsBase = '/api/billing/meter-commands';

export function commandScene(stack: BillingStack, tenant: string) {
  let serial = 1;
  async function addMeter(more: object = {}): Promise<string> {
    const id = `SW-${serial++}`;
    await stack.addMeter(tenant, id, more);
    return id;
  }
  const post = (path: string, body?: object, as?: object) =>
    stack.call(tenant, handler, 'POST', `${commandsBase}${path}`, { ...(body ? { body } : {}), ...(as ? { as } : {}) });
  const ask = (meterId: string, command = 'disconnect', more: object = {}) =>
    post('', { meterId, command, reason: 'Unpaid', ...more });
  const get = async (id: string) => (await stack.call(tenant, handler, 'GET', `${commandsBase}/${id}`)).body.data;
  const sentTo = (meterId: string) =>
    stack
      .published()
      .filter(({ topic }) => topic === `acrel/ST-${tenant}/meter/${meterId}/command`)
      .map(({ payload }) => payload);

  const changeMeter = async (id: string, changes: object): Promise<void> => {
    const session = openSession(tenant);
    const meter = await session.require(meterEntity, { id });
    await session.transact('metering', (unit) => unit.update(meterEntity, meter, changes));
  };

  const says = (meterId: string, newStatus: string, time = new Date().toISOString()): Promise<void> =>
    tell('meter.status_changed', { stationId: 'S', meterId, time, previousStatus: 'connected', newStatus });
  const refuses = (meterId: string, action: string, more: object = {}): Promise<void> =>
    tell('meter.command_refused', { stationId: 'S', meterId, action, time: new Date().toISOString(), ...more });

  async function tell(
    type: string,
    payload: { meterId: string; time: string; [field: string]: unknown },
  ): Promise<void> {
    const { meterId, time } = payload;
    const detail = {
      id: `evt_${serial++}`,
      type,
      schemaVersion: '1',
      metadata: '{}',
      tenantId: tenant,
      source: 'metering',
      aggregateType: 'meter',
      aggregateId: meterId,
      occurredAt: time,
      correlationId: 'c',
      causationId: '',
      payload: JSON.stringify(payload),
    };
    const record = {
      messageId: detail.id,
      body: JSON.stringify({ detail }),
      attributes: { ApproximateReceiveCount: '1' },
    };
    expect((await onStatusChanged({ Records: [record] } as never)).batchItemFailures).toEqual([]);
  }
  return { addMeter, ask, changeMeter, get, post, refuses, says, sentTo };
}
