/** Subscriber: carries events to everybody who listens. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';
import { liveMessages } from './live-message.ts';
import { listenersOf, push } from './push-messages.ts';

export const handler = consumeEvents(async (event: EventEnvelope) => {
  const messages = liveMessages(event);
  if (messages.length === 0) return;
  const listeners = await listenersOf(openSession(event.tenantId), messages[0]!.channel);
  if (listeners.size === 0) return;
  for (const message of messages) await push(event.tenantId, message, listeners);
});
