/** Routes of the field app: own routes with what they need offline, photos, and what was done, singly or as a sync. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { generatedId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { deviceSchema, newDeviceSchema } from '../push/push-device-entity.ts';
import { countingDeviceSchema } from './device-contacts.ts';
import {
  anyOperation,
  collectionFields,
  maxOperations,
  noAccessFields,
  orUnreadable,
  readingFields,
  resultSchema,
} from './operation-schema.ts';
import { packedStopSchema } from './packed-stop-schema.ts';
import { newPhotoSchema } from './photo-schema.ts';
import { stopSchema, storedRouteSchema } from './route-entity.ts';

const work = 'billing:field:work';
const params = z.object({ id: generatedId('rrt') });
const list = <S extends z.ZodMiniType>(item: S) => z.array(item).check(z.minLength(1), z.maxLength(maxOperations));
/** What the device’s clock shows as it sends, and what it has done by then; wrong clocks are put right by both. */
const clock = { deviceTime: z.optional(timestamp()), device: z.optional(countingDeviceSchema) };
const answers = z.array(resultSchema);

const visitSchema = orUnreadable(
  z.union([
    z.object({ type: z._default(z.literal('reading'), 'reading'), ...readingFields }),
    z.object({ type: z.literal('no_access'), ...noAccessFields }),
  ]),
);

export const mobile = defineResource({
  name: 'mobile',
  base: '/api/v1/mobile',
  title: 'Field app',
  routes: {
    listOwnRoutes: {
      method: 'GET',
      path: '/routes',
      access: work,
      summary: 'List the caller’s open reading routes, the first due first.',
      response: z.array(storedRouteSchema),
      paginated: true,
    },
    getOwnRoute: {
      method: 'GET',
      path: '/routes/{id}',
      access: work,
      summary: 'Get one of the caller’s reading routes.',
      params,
      response: storedRouteSchema,
      errors: ['not_found'],
    },
    listOwnStops: {
      method: 'GET',
      path: '/routes/{id}/stops',
      access: work,
      summary: 'List the stops of a route in their order, with all the app needs offline.',
      description:
        'Customer, address, place, meter with digits and registers, last reading, expected range. What a customer owes is shown to those who may collect.',
      params,
      response: z.array(packedStopSchema),
      paginated: true,
      errors: ['not_found'],
    },
    listFieldDevices: {
      method: 'GET',
      path: '/devices',
      access: work,
      summary: 'The caller’s devices that take push messages.',
      response: z.array(deviceSchema),
    },
    registerFieldDevice: {
      method: 'POST',
      path: '/devices',
      access: work,
      summary: 'Register a device for push messages, or say again that it is there.',
      description:
        'It is told when a route is assigned to the caller, changed or withdrawn, not in quiet hours. A device belongs to who registered it last.',
      body: newDeviceSchema,
      response: deviceSchema,
      idempotent: false,
      errors: ['conflict', 'forbidden'],
    },
    removeFieldDevice: {
      method: 'DELETE',
      path: '/devices/{deviceId}',
      access: work,
      summary: 'Take a device off the list, as at log-out.',
      params: z.object({ deviceId: label(64) }),
      errors: ['not_found', 'version_conflict'],
    },
    announcePhoto: {
      method: 'POST',
      path: '/photos',
      access: work,
      summary: 'Announce a photo and get the address to upload it to.',
      description:
        'Send it by PUT with exactly the headers of the answer, within their time. A reading names the `id`; it may come before the upload.',
      body: newPhotoSchema,
      response: z.object({
        id: z.string(),
        upload: z.object({
          method: z.literal('PUT'),
          url: z.string(),
          headers: z.record(z.string(), z.string()),
          expiresIn: z.int(),
        }),
      }),
      // A repeated answer would hold an address that is no longer good.
      idempotent: false,
    },
    handInReadings: {
      method: 'POST',
      path: '/readings',
      access: work,
      summary: 'Hand in readings and visits of the caller’s routes, up to 500.',
      description:
        'Each has its own answer. A reading outside the expected range is rejected with `needsConfirmation`; send it again with `confirmed`.',
      body: z.object({ ...clock, readings: list(visitSchema) }),
      response: answers,
      status: 200,
      // Each carries an id of its own.
      idempotent: false,
    },
    handInCollections: {
      method: 'POST',
      path: '/collections',
      access: 'billing:field:collect',
      summary: 'Hand in cash that was collected, up to 500.',
      description:
        'Each becomes one payment, however often it is sent. What cannot be recorded at once is kept for a person and answered as `conflict`; it is never dropped.',
      body: z.object({ ...clock, collections: list(orUnreadable(z.object(collectionFields))) }),
      response: answers,
      status: 200,
      idempotent: false,
    },
    syncField: {
      method: 'POST',
      path: '/sync',
      access: work,
      summary: 'Hand in everything done offline, up to 500 operations, and get what changed.',
      description:
        'Operations may come late, twice and in any order. Each is answered `applied`, `duplicate`, `conflict` with the rule and what the server holds, or `rejected`; one with `mayRetry` is to be sent again. With `device` and an `operationNumber` in each operation it is noticed that the clock was set: such a reading counts, is answered `conflict` by the rule `clock_doubtful`, and a person looks at it. Without `cursor` every route is to be fetched.',
      body: z.object({
        ...clock,
        deviceTime: timestamp(),
        cursor: z.optional(z.string().check(z.maxLength(100))),
        operations: z._default(z.array(anyOperation).check(z.maxLength(maxOperations)), []),
      }),
      response: z.object({
        serverTime: utcTime(),
        /** How far the device’s clock is behind; 0 within two minutes. */
        skewMs: z.number(),
        results: answers,
        changes: z.object({
          routeIds: z.array(z.string()),
          routes: z.array(storedRouteSchema),
          stops: z.array(storedSchema(stopSchema)),
          /** Routes whose stops are to be fetched anew. */
          reload: z.array(z.string()),
        }),
        /** For the next sync. */
        cursor: z.string(),
      }),
      status: 200,
      errors: ['invalid_cursor'],
      idempotent: false,
    },
  },
});
