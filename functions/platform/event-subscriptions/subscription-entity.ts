/**
 * A subscription to events (the documented `event_subscriptions`): what is done with events of a type, and how often it is
 * tried. All of a tenant's lie in one partition, since the dispatcher reads them together and consistently.
 */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { matchesEventType } from '../../../layers/webhooks/event-pattern.ts';
import { matchesFilter, type PayloadFilter } from '../../../layers/webhooks/payload-filter.ts';

export const handlerTypes = ['webhook', 'queue', 'function'] as const;
export type HandlerType = (typeof handlerTypes)[number];

export interface WebhookHandler {
  /** The endpoint that gets the events; its deliveries are the processing logs. */
  webhookId: string;
  /** The endpoint was made for this subscription and goes with it. */
  isOwnEndpoint?: boolean;
}

export interface QueueHandler {
  /** How long a received message is hidden from others, unless the receiver says otherwise. */
  visibilityTimeoutSeconds: number;
  retentionDays: number;
  /** API keys that may empty it; one that may write subscriptions needs no mention. */
  apiKeyIds: string[];
}

export interface FunctionHandler {
  /** Name in the registry of reactions. */
  function: string;
  /** What the reaction asks for; checked by its own schema. */
  input: Record<string, unknown>;
}

interface Common {
  id: string;
  subscriberName: string;
  /** A type or a pattern such as `invoice.*`. */
  eventType: string;
  filterExpression?: PayloadFilter;
  isActive: boolean;
  /** Higher ones are begun first. */
  priority: number;
  maxRetries: number;
  retryDelaySeconds: number;
  createdBy: string;
}

export type EventSubscription = Common &
  (
    | { handlerType: 'webhook'; handlerConfig: WebhookHandler }
    | { handlerType: 'queue'; handlerConfig: QueueHandler }
    | { handlerType: 'function'; handlerConfig: FunctionHandler }
  );

export type StoredSubscription = EventSubscription & Stored;

export const subscriptionsPartition = ['EVENT-SUBSCRIPTIONS'] as const;
/** More would slow the dispatch of every event of the tenant. */
export const maxSubscriptionsPerTenant = 100;

export const subscriptionEntity = defineEntity<EventSubscription>()({
  name: 'event subscription',
  table: 'platform',
  key: ({ id }) => ({ pk: subscriptionsPartition, sk: [id] }),
  idOf: ({ id }) => id,
});

/** The documented uniqueness of tenant, subscriber and event type. */
export interface SubscriptionName {
  subscriberName: string;
  eventType: string;
  subscriptionId: string;
}

export const subscriptionNameEntity = defineEntity<SubscriptionName, Omit<SubscriptionName, 'subscriptionId'>>()({
  name: 'event subscription',
  table: 'platform',
  key: ({ subscriberName, eventType }) => ({ pk: ['EVENT-SUBSCRIPTION-NAMES'], sk: [subscriberName, eventType] }),
  idOf: ({ subscriberName, eventType }) => `${subscriberName} ${eventType}`,
});

/** @param event its payload is looked at by a filter only */
export function subscriptionWants(
  { eventType, filterExpression }: Pick<EventSubscription, 'eventType' | 'filterExpression'>,
  event: Pick<EventEnvelope, 'type' | 'payload'>,
): boolean {
  if (!matchesEventType(eventType, event.type)) return false;
  return filterExpression === undefined || matchesFilter(filterExpression, event.payload);
}
