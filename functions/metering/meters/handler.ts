/** Lambda entry of `/api/billing/meters`. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { Page } from '../../../layers/kernel/data/session.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { serve } from '../../../layers/kernel/http/serve.ts';
import { addReading, addReadings } from '../readings/add-readings.ts';
import { consumptionOfMeter } from '../readings/consumption-of-meter.ts';
import { latestReading } from '../readings/latest-reading.ts';
import { listReadings } from '../readings/list-readings.ts';
import { sourceOf } from '../readings/reading-source.ts';
import { exchangeMeter } from './exchange-meter.ts';
import { listAlerts, listStatusChanges } from './list-history.ts';
import { listMeters } from './list-meters.ts';
import { meterEntity } from './meter-entity.ts';
import { readStates } from './meter-states.ts';
import { registerMeter } from './register-meter.ts';
import { meters } from './routes.ts';
import { setReference } from './set-reference.ts';
import { updateMeter } from './update-meter.ts';

const paged = <T>({ items, nextCursor }: Page<T>, { limit }: Paging) => ({
  data: items,
  pagination: { limit, nextCursor },
});

export const handler = serve(
  meters,
  {
    getMeterHistory: readHistory(meterEntity),
    listMeters: async ({ session, query, page }) => paged(await listMeters(session, query, page), page),
    createMeter: async ({ session, body }) => ({ data: await registerMeter(session, body) }),
    getMeter: async ({ session, params: { id } }) => {
      const meter = await session.require(meterEntity, { id });
      const state = (await readStates(session, [id])).get(id);
      return { data: { ...meter, lastReading: await latestReading(session, id, state) } };
    },
    updateMeter: async ({ session, params, body, expectedVersion }) => ({
      data: await updateMeter(session, params.id, body, expectedVersion),
    }),
    exchangeMeter: async ({ session, params, body, expectedVersion }) => ({
      data: await exchangeMeter(session, params.id, body, expectedVersion),
    }),
    setMeterReference: async ({ session, params, body }) => ({
      data: await setReference(session, params.id, body.time, body.registerKwh),
    }),
    listMeterReadings: async ({ session, params: { id }, query, page }) => {
      await session.require(meterEntity, { id });
      return paged(await listReadings(session, id, query, page), page);
    },
    addMeterReadings: async ({ session, params: { id }, body, principal, locale }) => {
      await session.require(meterEntity, { id });
      const { readings, time, registerKwh, ...rest } = body;
      const source = sourceOf(principal);
      if (readings !== undefined)
        return addReadings(session, {
          readings: readings.map((reading) => ({ ...reading, meterId: id })),
          source,
          locale,
        });
      const single = { ...rest, meterId: id, time: time!, registerKwh: registerKwh! };
      return addReading(session, { readings: [single], source, locale });
    },
    getMeterConsumption: async ({ session, params: { id }, query }) => ({
      data: await consumptionOfMeter(session, await session.require(meterEntity, { id }), query),
    }),
    listMeterAlerts: async ({ session, params, query, page }) =>
      paged(await listAlerts(session, params.id, query, page), page),
    listMeterStatusChanges: async ({ session, params, query, page }) =>
      paged(await listStatusChanges(session, params.id, query, page), page),
  },
  { table: 'metering' },
);
