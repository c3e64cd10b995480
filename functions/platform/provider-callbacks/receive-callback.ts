/** Publishes what providers notify, each once; what it means for invoices and campaigns is for those who listen. */
import type { InboundEvent } from '../../../layers/integrations/provider.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { integrationNotified, messageDelivered, messageReceived, paymentNotified } from '../events.ts';
import type { StoredIntegration } from '../integrations/integration-entity.ts';
import { readNotification } from './read-notification.ts';
import type { CallbackRoutes } from './routes.ts';
import { takeOnce } from './take-once.ts';

/** Platforms of meters have ways in of their own, with stricter rules. */
const withOwnWay = ['acrel'];

export const receiveCallback: Operation<CallbackRoutes[keyof CallbackRoutes]> = async (call) => {
  const { params, received, headers, clientIp, correlationId } = call;
  if (withOwnWay.includes(params.provider)) throw new AppError('unauthenticated');
  const { session, integration, events, answer } = await readNotification({
    token: params.token,
    provider: params.provider,
    received,
    headers,
    clientIp,
    correlationId,
  });
  for (const event of events)
    await takeOnce(session, { integrationId: integration.id, eventId: event.id }, (unit) =>
      publish(unit, integration, event),
    );
  return {
    status: answer?.status ?? 200,
    raw: { body: answer?.body ?? 'ok', contentType: answer?.contentType ?? 'text/plain; charset=utf-8' },
  };
};

function publish(unit: UnitOfWork, { id, code, provider }: StoredIntegration, event: InboundEvent): void {
  const definition = definitionOf(event.type);
  unit.emit(definition, {
    aggregateId: id,
    payload: {
      integrationId: id,
      code,
      provider,
      notificationId: event.id,
      occurredAt: event.occurredAt ?? null,
      data: event.data,
    },
  });
}

function definitionOf(type: InboundEvent['type']) {
  switch (type) {
    case 'payment':
      return paymentNotified;
    case 'delivery':
      return messageDelivered;
    case 'message':
      return messageReceived;
    default:
      return integrationNotified;
  }
}
