/** Whether an endpoint gets an event: subscription, filter, and no endpoint hears about itself. */
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { matchesAnyPattern } from '../../../layers/webhooks/event-pattern.ts';
import { matchesFilter } from '../../../layers/webhooks/payload-filter.ts';
import { type StoredSubscription, subscriptionWants } from '../event-subscriptions/subscription-entity.ts';
import type { Webhook } from '../webhooks/webhook-entity.ts';

export type MatchableEvent = Pick<EventEnvelope, 'type' | 'aggregateId' | 'payload'>;

/**
 * @param types narrows what the endpoint subscribes to, for replays
 * @param subscriptions those of the tenant: one that names the endpoint adds to what it gets
 */
export function endpointWants(
  webhook: Webhook,
  event: MatchableEvent,
  types?: readonly string[],
  subscriptions: readonly StoredSubscription[] = [],
): boolean {
  if (event.type.startsWith('webhook.') && event.aggregateId === webhook.id) return false;
  if (types !== undefined && !matchesAnyPattern(types, event.type)) return false;
  if (subscriptions.some((one) => leadsTo(one, webhook.id) && subscriptionWants(one, event))) return true;
  if (!matchesAnyPattern(webhook.subscribedEvents, event.type)) return false;
  return webhook.filter === undefined || matchesFilter(webhook.filter, event.payload);
}

const leadsTo = (one: StoredSubscription, webhookId: string): boolean =>
  one.isActive && one.handlerType === 'webhook' && one.handlerConfig.webhookId === webhookId;
