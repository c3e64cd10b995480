/** Lambda entry: readings that arrived, decisions of people about readings and usage, and exchanges and corrections of meters, which change what readings mean. */
import * as z from 'zod/mini';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { consumeEvents } from '../../../layers/kernel/events/consume.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { noteLateReadings } from '../corrections/note-late-readings.ts';
import { isLate } from './is-late.ts';
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
const usageEdited = z.object({ meterId: z.string(), from: z.string(), to: z.string() });
const corrected = z.object({ meterId: z.string(), since: z.optional(z.string()) });
const exchanged = z.object({
  id: z.string(),
  devices: z.array(z.object({ installedAt: z.optional(z.string()) })).check(z.minLength(1)),
});

export const handler = consumeEvents(async ({ type, tenantId, id, occurredAt, correlationId, payload }) => {
  const session = openSession(tenantId, { correlationId, causationId: id });
  if (type === 'meter.reading') {
    await takeReadings(session, arrived.parse(payload).readings, { id, occurredAt });
    return;
  }
  if (type === 'meter.exchanged') {
    const { id: meterId, devices } = exchanged.parse(payload);
    const [fromMs, toMs] = [Date.parse(devices.at(-1)!.installedAt ?? occurredAt), Date.parse(occurredAt)];
    const { timeZone } = await tenantProfile(session);
    // Told of late: all readings since then count by the new device's register.
    if (isLate(fromMs, toMs, timeZone))
      await noteLateReadings(session, [{ meterId, fromMs, toMs, cause: 'exchanged_meter' }]);
    return;
  }
  if (type === 'meter.usage_edited') {
    const { meterId, from, to } = usageEdited.parse(payload);
    // The last moment of the stretch: its end is of the next day already.
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to) - 1];
    await noteLateReadings(session, [{ meterId, fromMs, toMs, cause: 'edited_usage' }]);
    return;
  }
  if (type === 'meter.record_corrected') {
    const { meterId, since } = corrected.parse(payload);
    const [fromMs, toMs] = [since === undefined ? 0 : Date.parse(since), Date.parse(occurredAt)];
    await noteLateReadings(session, [{ meterId, fromMs, toMs, cause: 'corrected_meter' }]);
    return;
  }
  const { meterId, time } = edited.parse(payload);
  const timeMs = Date.parse(time);
  await noteLateReadings(session, [{ meterId, fromMs: timeMs, toMs: timeMs, cause: 'edited_reading' }]);
});
