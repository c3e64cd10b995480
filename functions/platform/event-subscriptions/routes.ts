/** Subscriptions to events with their handlers: webhook, pull queue or a reaction of the platform; and what became of each event. */
import * as z from 'zod/mini';
import { historyRoute } from '../../../layers/kernel/crud/history.ts';
import { defineResource } from '../../../layers/kernel/http/route.ts';
import { replayView } from '../events/schemas.ts';
import {
  acknowledgeBody,
  backlogView,
  createdSubscriptionView,
  createSubscriptionBody,
  extendBody,
  listLogsQuery,
  listSubscriptionsQuery,
  logDetail,
  logParams,
  logView,
  pulledMessage,
  reactionView,
  receiptResult,
  receiveBody,
  rejectBody,
  replayRangeBody,
  subscriptionParams,
  subscriptionView,
  updateSubscriptionBody,
} from './schemas.ts';

const read = 'platform:subscriptions:read';
const write = 'platform:subscriptions:write';
const consume = 'platform:subscriptions:consume';
const replay = 'platform:subscriptions:replay';

const settle = {
  method: 'POST',
  access: consume,
  params: subscriptionParams,
  response: z.array(receiptResult),
  status: 200,
  errors: ['not_found', 'conflict'],
} as const;

export const eventSubscriptions = defineResource({
  name: 'event-subscriptions',
  base: '/api/v1/developer/event-subscriptions',
  title: 'Event subscriptions',
  routes: {
    getEventSubscriptionHistory: historyRoute(read, 'event subscription', subscriptionParams),
    listEventSubscriptions: {
      method: 'GET',
      path: '',
      access: read,
      summary: 'List event subscriptions.',
      query: listSubscriptionsQuery,
      response: z.array(subscriptionView),
      paginated: true,
    },
    createEventSubscription: {
      method: 'POST',
      path: '',
      access: write,
      summary: 'Subscribe to events with a webhook, a pull queue or a function.',
      description:
        'It gets every event that happens from now on. A webhook needs the permission to write webhooks as well, a function the one for integrations; an endpoint made from a `url` shows its secret in this answer only.',
      body: createSubscriptionBody,
      response: createdSubscriptionView,
      errors: ['forbidden', 'not_found', 'unprocessable', 'already_exists'],
      // A repeated answer would have to keep the secret readable for a day.
      idempotent: false,
    },
    listEventFunctions: {
      method: 'GET',
      path: '/functions',
      access: read,
      summary: 'The functions that can be turned on, with their settings.',
      response: z.array(reactionView),
    },
    getEventProcessingLog: {
      method: 'GET',
      path: '/logs/{id}',
      access: read,
      summary: 'Get one processing log with its attempts.',
      params: logParams,
      response: logDetail,
      errors: ['not_found'],
    },
    retryEventProcessing: {
      method: 'POST',
      path: '/logs/{id}/retry',
      access: replay,
      summary: 'Process one event again.',
      params: logParams,
      response: logView,
      status: 202,
      errors: ['not_found', 'conflict'],
    },
    getEventSubscription: {
      method: 'GET',
      path: '/{id}',
      access: read,
      summary: 'Get one event subscription.',
      params: subscriptionParams,
      response: subscriptionView,
      errors: ['not_found'],
    },
    updateEventSubscription: {
      method: 'PUT',
      path: '/{id}',
      access: write,
      summary: 'Change an event subscription; fields left out stay as they are.',
      params: subscriptionParams,
      body: updateSubscriptionBody,
      response: subscriptionView,
      errors: ['forbidden', 'not_found', 'unprocessable', 'already_exists', 'version_conflict'],
    },
    deleteEventSubscription: {
      method: 'DELETE',
      path: '/{id}',
      access: write,
      summary: 'Delete an event subscription; what waits for it is not handed out any more.',
      params: subscriptionParams,
      errors: ['not_found', 'version_conflict'],
    },
    listEventProcessingLogs: {
      method: 'GET',
      path: '/{id}/logs',
      access: read,
      summary: 'What became of the events of a subscription, newest first.',
      description:
        'Of a webhook these are the deliveries of its endpoint with the types of the subscription. A page can be shorter than `limit` while `nextCursor` is set.',
      params: subscriptionParams,
      query: listLogsQuery,
      response: z.array(logView),
      paginated: true,
      errors: ['not_found'],
    },
    replayToEventSubscription: {
      method: 'POST',
      path: '/{id}/replay',
      access: replay,
      summary: 'Process the events of a time range again, by this subscription alone.',
      description: 'Runs in the background; follow it at `/api/v1/developer/events/replays/{id}`.',
      params: subscriptionParams,
      body: replayRangeBody,
      response: replayView,
      status: 202,
      errors: ['not_found', 'unprocessable'],
    },
    getEventQueueBacklog: {
      method: 'GET',
      path: '/{id}/backlog',
      access: consume,
      summary: 'How much waits in the queue of a subscription.',
      params: subscriptionParams,
      response: backlogView,
      errors: ['not_found', 'conflict'],
    },
    receiveEvents: {
      ...settle,
      path: '/{id}/receive',
      summary: 'Take messages from the queue of a subscription.',
      description:
        'Each is hidden from others until its lease ends; acknowledge it before, or it comes again. Messages can come out of order, and more than once. After `maxRetries` more attempts a message is dead: see its processing log.',
      body: receiveBody,
      response: z.array(pulledMessage),
      // A repeated answer would hand out leases that have run out.
      idempotent: false,
    },
    acknowledgeEvents: {
      ...settle,
      path: '/{id}/acknowledge',
      summary: 'Say that messages are done.',
      body: acknowledgeBody,
    },
    rejectEvents: {
      ...settle,
      path: '/{id}/reject',
      summary: 'Give messages back, to come again after a delay.',
      body: rejectBody,
    },
    extendEventLeases: {
      ...settle,
      path: '/{id}/extend',
      summary: 'Keep messages hidden for longer, from now.',
      body: extendBody,
    },
  },
});

export type SubscriptionRoutes = typeof eventSubscriptions.routes;
