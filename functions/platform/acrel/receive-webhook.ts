/**
 * The reactions to Acrel's webhooks: readings, alerts and status changes are taken in exactly as if they had come by MQTT;
 * a confirmed command changes the status too, and is published for whoever gave it. One that the meter refused is not confirmed.
 */
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Operation } from '../../../layers/kernel/http/route.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import { answerTo, metersById, takeInMessages } from '../../metering/contract.ts';
import { meterControlConfirmed } from '../events.ts';
import { readNotification } from '../provider-callbacks/read-notification.ts';
import { takeOnce, wasTaken } from '../provider-callbacks/take-once.ts';
import { type AcrelRoutes, acrelEvents } from './routes.ts';

const topicOf: Record<string, string> = { meter_reading: 'data', alert: 'alert' };
/** What the ways for confirmations confirm. */
const confirmedBy: Partial<Record<keyof typeof acrelEvents, { action: 'disconnect' | 'reconnect'; state: string }>> = {
  'disconnect-confirm': { action: 'disconnect', state: 'disconnected' },
  'reconnect-confirm': { action: 'reconnect', state: 'connected' },
};

export function receiveWebhook(way: keyof typeof acrelEvents): Operation<AcrelRoutes[keyof AcrelRoutes]> {
  return async ({ received, headers, clientIp, correlationId }) => {
    const { session, integration, events } = await readNotification({
      token: headers['x-integration-token'],
      provider: 'acrel',
      received,
      headers,
      clientIp,
      correlationId,
      needsAddressList: true,
    });
    const [event] = events;
    const { event: kind, meter_id: meterId } = (event?.data ?? {}) as { event?: string; meter_id?: string };
    const confirmed = confirmedBy[way];
    // What confirms a command may as well come as the change of status that it is.
    const isChange =
      kind === 'status_change' && confirmed !== undefined && event?.data['new_status'] === confirmed.state;
    if (event === undefined || (kind !== acrelEvents[way] && !isChange)) throw unexpected(acrelEvents[way]);
    const { occurredAt } = event;
    if (typeof meterId !== 'string' || occurredAt === undefined) throw incomplete();
    const key = { integrationId: integration.id, eventId: event.id };
    if (await wasTaken(session, key)) return { data: { accepted: true, duplicate: true } };
    // Topics carry no tenant: the meter must be the sender's, and its station follows from the meter.
    const meter = (await metersById(session, [meterId])).get(meterId);
    if (meter === undefined) throw notFound('meter', meterId);
    const { event: _, ...data } = event.data;
    const answer = confirmed && answerTo(data['status']);
    if (confirmed !== undefined && answer === undefined) throw unclear();
    const payload = { ...data, event_type: confirmed === undefined ? kind : acrelEvents[way] };
    const isFinished = await takeInMessages([
      {
        topic: `acrel/${meter.stationId}/meter/${meterId}/${topicOf[kind] ?? 'status'}`,
        payload,
        // The same for every repetition, so that one after a crash stores nothing twice.
        id: derivedId('msg', Date.parse(occurredAt), `${integration.id}/${event.id}`),
        receivedMs: Date.parse(session.context.now()),
        clientId: integration.code,
      },
    ]);
    // Acrel sends again what is not answered with success.
    if (!isFinished) throw new AppError('unavailable', 'The event could not be stored; send it again.');
    const isNew = await takeOnce(session, key, (unit) => {
      if (confirmed === undefined || answer !== 'done') return;
      unit.emit(meterControlConfirmed, {
        aggregateId: meterId,
        payload: {
          meterId,
          stationId: meter.stationId,
          action: confirmed.action,
          confirmedAt: occurredAt,
          integrationId: integration.id,
          commandId: textOf(data['command_id']),
          notificationId: event.id,
        },
      });
    });
    return { data: { accepted: true, duplicate: !isNew } };
  };
}

const unexpected = (type: string): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: `This address takes events of the type "${type}".`,
      ar: `يستقبل هذا العنوان أحداثًا من النوع "${type}".`,
    },
  });

const incomplete = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: 'The event names no meter (`meter_id`) or no time (`timestamp`).',
      ar: 'لا يذكر الحدث العداد (`meter_id`) أو الوقت (`timestamp`).',
    },
  });

const unclear = (): AppError =>
  new AppError('unprocessable', undefined, {
    texts: {
      en: 'A confirmation has no `status`, or `confirmed`, `success` or `ok`, or `failed`, `refused` or `rejected`.',
      ar: 'التأكيد إما بلا `status` أو بقيمة `confirmed` أو `success` أو `ok`، أو `failed` أو `refused` أو `rejected`.',
    },
  });

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null);
