/** What can be done with vending settings. A number that is replaced is free for another meter. */
import { refuseStale } from '../../../layers/kernel/crud/crud-operations.ts';
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { requireMeter } from '../../metering/contract.ts';
import { confirmKey } from './key-state.ts';
import type { vendingMeters } from './meter-routes.ts';
import { meterNumberEntity, vendingMeterEntity, vendingMeterPartitions } from './vending-meter.ts';

export const meterOperations: Operations<typeof vendingMeters.routes> = {
  listVendingMeters: async ({ session, query: { baseDate }, page }) => {
    const { items, nextCursor } = await queryShards(session, vendingMeterEntity, {
      index: 'gsi1',
      partitions: vendingMeterPartitions,
      sortKeyOf: (meter) => [String(meter.baseDate), meter.meterId],
      filter: baseDate === undefined ? [] : [{ attribute: 'baseDate', operator: '=', value: Number(baseDate) }],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  getVendingMeter: async ({ session, params }) => ({ data: await session.require(vendingMeterEntity, params) }),

  setVendingMeter: async ({ session, params: { meterId }, body, expectedVersion }) => {
    await requireMeter(session, meterId);
    const before = await session.get(vendingMeterEntity, { meterId }, { consistent: true });
    if (before !== undefined) refuseStale(before, expectedVersion);
    if (before?.pendingKey !== undefined)
      throw new AppError('conflict', undefined, {
        texts: {
          en: 'A new key is on its way to the meter: confirm it first.',
          ar: 'يوجد مفتاح جديد في طريقه إلى العداد: أكّده أولًا.',
        },
      });
    const { meterNumber } = body;
    const isNewNumber = before?.meterNumber !== meterNumber;
    const old =
      before !== undefined && isNewNumber
        ? await session.get(meterNumberEntity, { meterNumber: before.meterNumber }, { consistent: true })
        : undefined;
    const data = await session.transact('billing', (unit) => {
      if (isNewNumber) unit.create(meterNumberEntity, { meterNumber, meterId });
      if (old !== undefined) unit.delete(meterNumberEntity, old);
      return before === undefined
        ? unit.create(vendingMeterEntity, { ...body, meterId })
        : unit.update(vendingMeterEntity, before, { ...body, powerLimitW: body.powerLimitW ?? null });
    });
    return { data };
  },

  confirmMeterKey: async ({ session, params, body }) => {
    await session.require(vendingMeterEntity, params);
    return { data: await confirmKey(session, params.meterId, body.by) };
  },

  getVendingMeterHistory: ({ session, params, page }) =>
    readHistory(vendingMeterEntity)({ session, params: { id: params.meterId }, page }),
};
