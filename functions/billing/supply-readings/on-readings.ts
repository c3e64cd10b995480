/** Lambda entry: readings that arrived, and decisions of people about readings. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { noteLateReadings } from '../corrections/note-late-readings.ts';
import { takeReadings } from './take-readings.ts';

const arrived = z.object({
  readings: z.array(
    z.object({
      meterId: z.string(),
      time: z.string(),
      registerKwh: z.string(),
      consumptionKwh: z.optional(z.string()),
    }),
  ),
});
const edited = z.object({ meterId: z.string(), time: z.string() });

export const handler = consumeEvents(async ({ type, tenantId, id, occurredAt, correlationId, payload }) => {
  const session = openSession(tenantId, { correlationId, causationId: id });
  if (type === 'meter.reading') {
    await takeReadings(session, arrived.parse(payload).readings, { id, occurredAt });
    return;
  }
  const { meterId, time } = edited.parse(payload);
  const timeMs = Date.parse(time);
  await noteLateReadings(session, [{ meterId, fromMs: timeMs, toMs: timeMs, cause: 'edited_reading' }]);
});
