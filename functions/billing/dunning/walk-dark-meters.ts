/**
 * Looks every morning whether light is to come back anywhere, since a day begins without an event: somebody moves in who owes
 * nothing, or an order to give light back was not heard the day before.
 */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { sendMessages } from '../../../layers/kernel/queues/send-messages.ts';
import { type DarkMeter, darkMeterEntity } from './dark-meters.ts';
import { dunningQueue, eachOfPage } from './dunning-queue.ts';
import { reviewMorning } from './reconnect-when-paid.ts';

export interface DarkMetersMessage {
  tenantId: string;
  walk: 'dark-meters';
  cursor?: string | undefined;
}

const pageSize = 50;

export async function walkDarkMeters(message: DarkMetersMessage, limit = pageSize): Promise<void> {
  const session = openSession(message.tenantId);
  const { items, nextCursor } = await session.query<DarkMeter & Stored>(darkMeterEntity, {
    pk: ['DARK-METERS'],
    limit,
    cursor: message.cursor,
  });
  await eachOfPage(
    items,
    ({ meterId }) => reviewMorning(session, meterId),
    ({ meterId }) => ({ tenantId: session.tenantId, meterId }),
  );
  if (nextCursor !== null)
    await sendMessages(dunningQueue, [{ body: JSON.stringify({ ...message, cursor: nextCursor }) }]);
}
