/** Routes of the topology: elements of the network, switch positions, meters, and who is behind a switch. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { changesOf } from '../../../layers/kernel/schema/change-schema.ts';
import { externalId, queryInteger, utcTime } from '../../../layers/kernel/schema/common.ts';
import { elementKinds } from '../../../layers/scada/topology.ts';
import { elementSchema, positions } from './element-entity.ts';

const read = 'scada:topology:read';
const write = 'scada:topology:write';
const params = z.object({ id: externalId() });

const position = z.nullable(
  z.object({
    position: z.enum(positions),
    /** When it took the position; null where the normal one is assumed. */
    time: z.nullable(utcTime()),
    source: z.enum(['telemetry', 'manual', 'normal']),
  }),
);

const elementAnswer = z.extend(storedSchema(elementSchema), {
  /** Of a switch. */
  present: position,
  supplied: z.boolean(),
});

export const topology = defineResource({
  name: 'topology',
  base: '/api/scada/topology',
  title: 'Network topology',
  routes: {
    listElements: {
      method: 'GET',
      path: '/elements',
      access: read,
      summary: 'Elements of the network with their present state, by id.',
      query: z.object({ kind: z.optional(z.enum(elementKinds)), parentId: z.optional(externalId()) }),
      response: z.array(elementAnswer),
      paginated: true,
    },
    getElement: {
      method: 'GET',
      path: '/elements/{id}',
      access: read,
      summary: 'Get one element of the network with its present state.',
      params,
      response: elementAnswer,
      errors: ['not_found'],
    },
    getElementHistory: historyRoute(read, 'network element', params),
    createElement: {
      method: 'POST',
      path: '/elements',
      access: write,
      summary: 'Add an element to the network.',
      body: elementSchema,
      response: elementAnswer,
      errors: ['already_exists', 'unprocessable'],
    },
    updateElement: {
      method: 'PUT',
      path: '/elements/{id}',
      access: write,
      summary: 'Change an element; fields left out stay as they are, `null` removes one.',
      params,
      body: changesOf(elementSchema, { fixed: ['id', 'kind'], removable: true }),
      response: elementAnswer,
      errors: ['not_found', 'version_conflict', 'unprocessable'],
    },
    deleteElement: {
      method: 'DELETE',
      path: '/elements/{id}',
      access: write,
      summary: 'Remove an element on which nothing hangs.',
      params,
      errors: ['not_found', 'version_conflict', 'conflict'],
    },
    setSwitchPosition: {
      method: 'PUT',
      path: '/elements/{id}/position',
      access: 'scada:topology:switch',
      summary: 'Say in which position a switch without telemetry is.',
      description:
        'It operates nothing: it tells the platform what somebody did on site. A switch with telemetry tells itself.',
      params,
      body: z.strictObject({ position: z.enum(positions) }),
      response: elementAnswer,
      errors: ['not_found', 'conflict', 'unprocessable'],
    },
    placeMeters: {
      method: 'PUT',
      path: '/elements/{id}/meters',
      access: write,
      summary: 'Say which meters an element supplies, up to 500 in one call.',
      description: 'A meter hangs on one element: placing it elsewhere takes it from where it was.',
      params,
      body: z.strictObject({
        meterIds: z.array(externalId()).check(z.minLength(1), z.maxLength(500)),
      }),
      response: z.object({ placed: z.int(), unknownMeterIds: z.array(z.string()) }),
      errors: ['not_found'],
    },
    listElementMeters: {
      method: 'GET',
      path: '/elements/{id}/meters',
      access: read,
      summary: 'Meters that hang on an element itself.',
      params,
      response: z.array(z.object({ meterId: z.string() })),
      paginated: true,
      errors: ['not_found'],
    },
    removeMeter: {
      method: 'DELETE',
      path: '/elements/{id}/meters/{meterId}',
      access: write,
      summary: 'Take a meter from an element.',
      params: z.object({ id: externalId(), meterId: externalId() }),
      errors: ['not_found'],
    },
    listCustomersBehind: {
      method: 'GET',
      path: '/elements/{id}/customers-behind',
      access: read,
      summary: 'Meters and customers behind a switch, feeder or transformer, as the switches are now.',
      description:
        'Those that lose supply if the element opens or fails; of an open switch, those that would get supply if it closed. Customers that another way supplies are not behind it.',
      params,
      query: z.object({ limit: z._default(queryInteger(1, 20_000), 5_000) }),
      response: z.object({
        elementId: z.string(),
        /** Whether they are supplied at present. */
        supplied: z.boolean(),
        elementIds: z.array(z.string()),
        transformerIds: z.array(z.string()),
        meterCount: z.int(),
        /** How many different customers; meters without one are not counted. */
        customerCount: z.int(),
        meters: z.array(z.object({ meterId: z.string(), elementId: z.string(), customerId: z.nullable(z.string()) })),
        /** Whether there are more meters than were asked for. */
        truncated: z.boolean(),
      }),
      errors: ['not_found'],
    },
  },
});
