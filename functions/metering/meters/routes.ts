/** Routes of meters, their readings and their consumption. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { externalId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { consumptionFlags } from '../../../layers/metering/consumption.ts';
import { intervals } from '../../../layers/metering/time-buckets.ts';
import { meterAlert, meterCreated, meterStatusChanged } from '../events.ts';
import { meterReadingsBody, outcomeSchema, readingSchema } from '../readings/reading-schema.ts';
import {
  createMeterSchema,
  exchangeMeterSchema,
  meterStatuses,
  meterTypes,
  registerKwh,
  storedMeterSchema,
  updateMeterSchema,
} from './meter-schema.ts';

const params = z.object({ id: externalId() });
const order = { order: z._default(z.enum(['asc', 'desc']), 'desc') };
const period = { from: z.optional(timestamp()), to: z.optional(timestamp()) };

/** A time, or a calendar day of the tenant's time zone. */
const timeOrDay = () => z.union([timestamp(), z.iso.date()]);

const meterWithReading = z.extend(storedMeterSchema, { lastReading: z.nullable(readingSchema) });

const bucketSchema = z.object({
  start: utcTime(),
  end: utcTime(),
  /** Null when no readings tell anything about this time. */
  consumptionKwh: z.nullable(z.string()),
  /** Whether a register was interpolated between two readings. */
  estimated: z.boolean(),
  /** Whether readings reach from start to end. */
  complete: z.boolean(),
  flags: z.array(z.enum(consumptionFlags)),
});

const consumptionSchema = z.object({
  meterId: z.string(),
  interval: z.enum(intervals),
  timeZone: z.string(),
  buckets: z.array(bucketSchema),
  /** Sum of the buckets. */
  totalKwh: z.string(),
  /** Whether every bucket is complete and none carries a flag that leaves energy out. */
  billable: z.boolean(),
});

export const meters = defineResource({
  name: 'meters',
  base: '/api/billing/meters',
  title: 'Meters',
  routes: {
    getMeterHistory: historyRoute('metering:meters:read', 'meter', params),
    listMeters: {
      method: 'GET',
      path: '',
      access: 'metering:meters:read',
      summary: 'List meters by number.',
      description:
        '`search` is the beginning of the number. `customerId` is what the meter was registered with, a number of your own; who takes energy at which meter, and when, is told by supplies: `/api/billing/customers/{id}/meters`, `/api/billing/supplies?meterId=`.',
      query: z.object({
        stationId: z.optional(externalId()),
        status: z.optional(z.enum(meterStatuses)),
        type: z.optional(z.enum(meterTypes)),
        customerId: z.optional(label(64)),
        /** Beginning of the number. */
        search: z.optional(externalId()),
      }),
      response: z.array(storedMeterSchema),
      paginated: true,
    },
    createMeter: {
      method: 'POST',
      path: '',
      access: 'metering:meters:write',
      summary: 'Register a meter.',
      body: createMeterSchema,
      response: storedMeterSchema,
      errors: ['already_exists', 'not_found', 'unprocessable'],
    },
    getMeter: {
      method: 'GET',
      path: '/{id}',
      access: 'metering:meters:read',
      summary: 'Get a meter with its last reading.',
      params,
      response: meterWithReading,
      errors: ['not_found'],
      example: { ...meterCreated.example, lastReading: null },
    },
    updateMeter: {
      method: 'PUT',
      path: '/{id}',
      access: 'metering:meters:write',
      summary: 'Change a meter; fields left out stay as they are. `If-Match` guards against lost updates.',
      description:
        'A new `stationId` moves the meter as of `stationSince`. `digits`, `decimals`, `initialRegisterKwh` and `installedAt` correct the record of the installed device; use the exchange for a new one. Status `retired` takes the device out.',
      params,
      body: updateMeterSchema,
      response: storedMeterSchema,
      errors: ['not_found', 'version_conflict', 'unprocessable', 'conflict'],
    },
    exchangeMeter: {
      method: 'POST',
      path: '/{id}/exchange',
      access: 'metering:meters:write',
      summary: 'Record that the device was exchanged: the last register of the old and the first of the new one.',
      description:
        'The meter keeps its number and history. The new device may report under the meter’s number or under its own serial number.',
      params,
      body: exchangeMeterSchema,
      response: storedMeterSchema,
      status: 200,
      errors: ['not_found', 'version_conflict', 'already_exists', 'unprocessable', 'conflict'],
    },
    setMeterReference: {
      method: 'POST',
      path: '/{id}/reference',
      access: 'metering:meters:write',
      summary: 'Set the reading that new ones are checked against, after somebody looked at the meter.',
      description:
        'Needed when a wrong reading was accepted and contradicts the right ones since. Rejected readings can be replayed afterwards.',
      params,
      body: z.object({ time: timestamp(), registerKwh: registerKwh() }),
      response: z.object({ meterId: z.string(), time: utcTime(), registerKwh: z.string() }),
      status: 200,
      errors: ['not_found', 'unprocessable'],
    },
    listMeterReadings: {
      method: 'GET',
      path: '/{id}/readings',
      access: 'metering:readings:read',
      summary: 'List readings of a meter, by default the newest first of the last 31 days.',
      params,
      query: z.object({ ...period, ...order }),
      response: z.array(readingSchema),
      paginated: true,
      errors: ['not_found', 'unprocessable'],
    },
    addMeterReadings: {
      method: 'POST',
      path: '/{id}/readings',
      access: 'metering:readings:write',
      summary: 'Hand in a reading of a meter, or up to 500.',
      description:
        'Each reading is judged like one that came by MQTT. The answer is 201 when all were accepted, 207 when some were not. A single reading that is refused answers `unprocessable`.',
      params,
      body: meterReadingsBody,
      response: outcomeSchema,
      errors: ['not_found', 'unprocessable'],
    },
    getMeterConsumption: {
      method: 'GET',
      path: '/{id}/consumption',
      access: 'metering:readings:read',
      summary: 'Consumption by hour, day or month of the tenant’s time zone.',
      params,
      query: z.object({
        interval: z._default(z.enum(intervals), 'day'),
        from: z.optional(timeOrDay()),
        to: z.optional(timeOrDay()),
      }),
      response: consumptionSchema,
      errors: ['not_found', 'unprocessable'],
    },
    listMeterAlerts: {
      method: 'GET',
      path: '/{id}/alerts',
      access: 'metering:meters:read',
      summary: 'List alerts the meter raised, by default the newest first.',
      params,
      query: z.object({ ...period, ...order }),
      response: z.array(meterAlert.payload),
      paginated: true,
      errors: ['not_found'],
    },
    listMeterStatusChanges: {
      method: 'GET',
      path: '/{id}/status-changes',
      access: 'metering:meters:read',
      summary: 'List changes of the meter’s status, by default the newest first.',
      params,
      query: z.object({ ...period, ...order }),
      response: z.array(meterStatusChanged.payload),
      paginated: true,
      errors: ['not_found'],
    },
  },
});
