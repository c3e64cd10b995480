/** The event log: what happened, what caused what, the catalogue of types, and replays to one endpoint. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import {
  catalogEntry,
  causationView,
  eventParams,
  eventView,
  listEventsQuery,
  replayBody,
  replayParams,
  replayView,
  settingsBody,
  settingsView,
} from './schemas.ts';

const read = 'platform:events:read';
const replay = 'platform:events:replay';

export const events = defineResource({
  name: 'events',
  base: '/api/v1/developer/events',
  title: 'Events',
  routes: {
    listEvents: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List events, newest first.',
      description:
        '`type` may be a pattern such as `invoice.*`. `aggregateType` and `aggregateId` go together. A page can be shorter than `limit` while `nextCursor` is set: the filter matched few of the events read.',
      query: listEventsQuery,
      response: z.array(eventView),
      paginated: true,
    },
    getEventCatalog: {
      method: 'GET',
      path: '/catalog',
      access: 'authenticated',
      summary: 'Every event type with its JSON Schema and an example.',
      response: z.array(catalogEntry),
    },
    getEventSettings: {
      method: 'GET',
      path: '/settings',
      access: read,
      summary: 'How long events are kept.',
      response: settingsView,
    },
    updateEventSettings: {
      method: 'PUT',
      path: '/settings',
      access: 'platform:events:settings',
      summary: 'Change how long events are kept; holds for events recorded from now on.',
      body: settingsBody,
      response: settingsView,
    },
    startReplay: {
      method: 'POST',
      path: '/replay',
      access: replay,
      summary: 'Send the events of a time range to one webhook again, in order.',
      description:
        'Runs in the background; read the job to follow it. Replayed deliveries keep the event id and carry the header `mizan-replay`.',
      body: replayBody,
      response: replayView,
      status: 202,
      errors: ['not_found', 'unprocessable'],
    },
    listReplays: {
      method: 'GET',
      path: '/replays',
      access: read,
      summary: 'List replay jobs, newest first.',
      response: z.array(replayView),
      paginated: true,
    },
    getReplay: {
      method: 'GET',
      path: '/replays/{id}',
      access: read,
      summary: 'Get one replay job.',
      params: replayParams,
      response: replayView,
      errors: ['not_found'],
    },
    cancelReplay: {
      method: 'POST',
      path: '/replays/{id}/cancel',
      access: replay,
      summary: 'Stop a replay; what is already sent stays sent.',
      params: replayParams,
      response: replayView,
      status: 200,
      errors: ['not_found', 'conflict'],
    },
    getEvent: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one event with its whole payload.',
      params: eventParams,
      response: eventView,
      errors: ['not_found'],
    },
    getEventCausation: {
      method: 'GET',
      path: '/{id}/causation',
      access: read,
      summary: 'The tree of events that this event belongs to: what caused it and what it caused.',
      params: eventParams,
      response: causationView,
      errors: ['not_found'],
    },
  },
});

export type EventRoutes = typeof events.routes;
