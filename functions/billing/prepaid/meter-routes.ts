/** Routes of vending settings of meters. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId } from '../../../layers/kernel/schema/common.ts';
import { baseDates } from './sts-numbers.ts';
import { storedVendingMeterSchema, vendingMeterInput } from './vending-meter.ts';

const params = z.object({ meterId: externalId() });

export const vendingMeters = defineResource({
  name: 'vending-meters',
  base: '/api/billing/prepaid/meters',
  title: 'Vending meters',
  routes: {
    listVendingMeters: {
      method: 'GET',
      path: '',
      access: 'billing:prepaid:read',
      summary: 'List the meters that take tokens, those of the oldest base date first.',
      query: z.object({ baseDate: z.optional(z.enum(baseDates.map(String) as [string, ...string[]])) }),
      response: z.array(storedVendingMeterSchema),
      paginated: true,
    },
    getVendingMeter: {
      method: 'GET',
      path: '/{meterId}',
      access: 'billing:prepaid:read',
      summary: 'Get what the vending server must know of a meter.',
      params,
      response: storedVendingMeterSchema,
      errors: ['not_found'],
    },
    setVendingMeter: {
      method: 'PUT',
      path: '/{meterId}',
      access: 'billing:prepaid:configure',
      summary: 'Enter a meter’s STS number and the key it holds.',
      description:
        'The number has 11 or 13 digits with a check digit (IEC 62055-41). It belongs to one meter. Changing the key here changes what is known of it, not the meter: that takes key-change tokens.',
      params,
      body: vendingMeterInput,
      response: storedVendingMeterSchema,
      errors: ['not_found', 'already_exists', 'conflict', 'version_conflict'],
    },
    confirmMeterKey: {
      method: 'POST',
      path: '/{meterId}/confirm-key',
      access: 'billing:prepaid:vend',
      summary: 'Record that a meter took its key-change tokens, as the customer or the meter says.',
      params,
      body: z.object({ by: z.enum(['customer', 'meter_status']) }),
      status: 200,
      response: storedVendingMeterSchema,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    getVendingMeterHistory: {
      ...historyRoute('billing:prepaid:read', 'vending meter', params),
      path: '/{meterId}/history',
    },
  },
});
