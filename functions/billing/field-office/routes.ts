/** Routes of the office behind the field app: reading routes, contested readings, held cash, corrections, limits. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, generatedId, label } from '../../../layers/kernel/schema/common.ts';
import { currency } from '../../../layers/money/money-schema.ts';
import { collectionStatuses, collectorLimitSchema, storedCollectionSchema } from '../mobile/collection-entity.ts';
import { correctionStatuses, storedCorrectionSchema } from '../mobile/correction-entity.ts';
import { meterDaySchema, storedFieldReadingSchema } from '../mobile/reading-entity.ts';
import { createRouteSchema, routeStatuses, stopSchema, storedRouteSchema } from '../mobile/route-entity.ts';

const read = 'billing:field:read';
const write = 'billing:field:write';
const id = <P extends string>(prefix: P) => z.object({ id: generatedId(prefix) });
const route = id('rrt');
const reason = label(500);

const maxStopsPerImport = 500;
const newStop = z.object({
  meterId: externalId(),
  sequence: z.optional(z.int().check(z.gte(1), z.lte(999_999))),
  note: z.optional(label(500)),
});
const storedStop = storedSchema(stopSchema);

export const fieldOffice = defineResource({
  name: 'field-office',
  base: '/api/billing/field',
  title: 'Field work',
  routes: {
    listReadingRoutes: {
      method: 'GET',
      path: '/routes',
      access: read,
      summary: 'List reading routes, the newest period first.',
      query: z.object({
        period: z.optional(createRouteSchema.shape.period),
        assigneeId: z.optional(generatedId('usr')),
        status: z.optional(z.enum(routeStatuses)),
      }),
      response: z.array(storedRouteSchema),
      paginated: true,
    },
    createReadingRoute: {
      method: 'POST',
      path: '/routes',
      access: write,
      summary: 'Make a reading route, of a list of meters or of the customers of a billing route.',
      description:
        '`fromRouteId` takes the meters that customers of this billing route have today, by their account numbers.',
      body: z.extend(createRouteSchema, { fromRouteId: z.optional(externalId()) }),
      response: storedRouteSchema,
      errors: ['not_found', 'unprocessable'],
    },
    getReadingRoute: {
      method: 'GET',
      path: '/routes/{id}',
      access: read,
      summary: 'Get a reading route.',
      params: route,
      response: storedRouteSchema,
      errors: ['not_found'],
    },
    updateReadingRoute: {
      method: 'PUT',
      path: '/routes/{id}',
      access: write,
      summary: 'Change a reading route, give it to somebody, or close it. `If-Match` guards against lost updates.',
      params: route,
      body: z.extend(changesOf(createRouteSchema, { fixed: ['period'], removable: true }), {
        status: z.optional(z.enum(routeStatuses)),
      }),
      response: storedRouteSchema,
      errors: ['not_found', 'version_conflict'],
    },
    getReadingRouteHistory: { ...historyRoute(read, 'reading route', route), path: '/routes/{id}/history' },
    listRouteStops: {
      method: 'GET',
      path: '/routes/{id}/stops',
      access: read,
      summary: 'List the stops of a route in their order, and what became of them.',
      params: route,
      response: z.array(storedStop),
      paginated: true,
      errors: ['not_found'],
    },
    addRouteStops: {
      method: 'POST',
      path: '/routes/{id}/stops',
      access: write,
      summary: 'Add up to 500 meters to a route; those it has keep their place.',
      description:
        'A stop without `sequence` goes behind the one before it. One meter that does not exist refuses all; sent again, what is missing is added.',
      params: route,
      body: z.object({ stops: z.array(newStop).check(z.minLength(1), z.maxLength(maxStopsPerImport)) }),
      response: z.object({ added: z.int(), present: z.int() }),
      status: 200,
      errors: ['not_found', 'unprocessable'],
    },
    removeRouteStop: {
      method: 'DELETE',
      path: '/routes/{id}/stops/{meterId}',
      access: write,
      summary: 'Take a meter off a route.',
      params: z.extend(route, { meterId: externalId() }),
      errors: ['not_found', 'version_conflict'],
    },
    listFieldReadings: {
      method: 'GET',
      path: '/readings',
      access: read,
      summary: 'List readings and visits of a route or a meter, the newest first.',
      query: z.object({ routeId: z.optional(generatedId('rrt')), meterId: z.optional(externalId()) }),
      response: z.array(storedFieldReadingSchema),
      paginated: true,
      errors: ['unprocessable'],
    },
    listContestedDays: {
      method: 'GET',
      path: '/contested-readings',
      access: read,
      summary: 'List days of meters whose readings contradict each other or the meter’s history.',
      response: z.array(storedSchema(meterDaySchema)),
      paginated: true,
    },
    getFieldReading: {
      method: 'GET',
      path: '/readings/{id}',
      access: read,
      summary: 'Get a field reading with addresses of its photos, good for a quarter of an hour.',
      params: id('frd'),
      response: z.extend(storedFieldReadingSchema, {
        photos: z.array(z.object({ id: z.string(), contentType: z.string(), url: z.string() })),
      }),
      errors: ['not_found'],
    },
    confirmFieldReading: {
      method: 'POST',
      path: '/readings/{id}/confirm',
      access: write,
      summary: 'Say that this reading of the day stands.',
      description:
        'Where metering had refused it, it becomes the reading that others are checked against. Other readings of the day ' +
        'stand no more: they are edited out, which waits for a second person where the settings of edits ask for one.',
      params: id('frd'),
      response: meterDaySchema,
      status: 200,
      errors: ['not_found', 'unprocessable', 'conflict'],
    },
    listCollections: {
      method: 'GET',
      path: '/collections',
      access: read,
      summary: 'List cash collected in the field, the newest first: of one collector, or all of one status.',
      query: z.object({
        collectorId: z.optional(generatedId('usr')),
        status: z._default(z.enum(collectionStatuses), 'held'),
      }),
      response: z.array(storedCollectionSchema),
      paginated: true,
    },
    recordHeldCollection: {
      method: 'POST',
      path: '/collections/{id}/record',
      access: 'billing:payments:write',
      summary: 'Record held cash as a payment, for the customer it is from.',
      params: id('fcl'),
      body: z.object({
        /** @default as collected */
        customerId: z.optional(generatedId('cus')),
        reason,
      }),
      response: storedCollectionSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    voidHeldCollection: {
      method: 'POST',
      path: '/collections/{id}/void',
      access: 'billing:payments:write',
      summary: 'Close held cash without a payment: it was given back, or entered twice.',
      params: id('fcl'),
      body: z.object({ reason }),
      response: storedCollectionSchema,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
    listFieldCorrections: {
      method: 'GET',
      path: '/corrections',
      access: read,
      summary: 'List corrections of customers’ records proposed in the field, the oldest first.',
      query: z.object({ status: z._default(z.enum(correctionStatuses), 'proposed') }),
      response: z.array(storedCorrectionSchema),
      paginated: true,
    },
    decideCorrection: {
      method: 'POST',
      path: '/corrections/{id}/decide',
      access: 'billing:customers:write',
      summary: 'Accept a correction, which changes the customer, or refuse it.',
      description: 'A customer changed since the proposal is not overwritten unless `force` says so.',
      params: id('fcp'),
      body: z.object({
        accept: z.boolean(),
        reason: z.optional(reason),
        force: z._default(z.boolean(), false),
      }),
      response: storedCorrectionSchema,
      status: 200,
      errors: ['not_found', 'conflict', 'version_conflict', 'unprocessable'],
    },
    getCollectorLimits: {
      method: 'GET',
      path: '/collectors/{userId}/limits',
      access: read,
      summary: 'What a collector may take, by currency; no limit where there is none.',
      params: z.object({ userId: generatedId('usr') }),
      response: z.array(storedSchema(collectorLimitSchema)),
      errors: ['not_found'],
    },
    setCollectorLimit: {
      method: 'PUT',
      path: '/collectors/{userId}/limits/{currency}',
      access: write,
      summary: 'Set what a collector may take at once and in a day.',
      params: z.object({ userId: generatedId('usr'), currency: currency() }),
      body: z.omit(collectorLimitSchema, { userId: true, currency: true }),
      response: storedSchema(collectorLimitSchema),
      status: 200,
      errors: ['not_found'],
    },
  },
});
