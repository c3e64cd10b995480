/** The event of an edit of usage that counts from now on, or no longer does. Who has billed its days bills them again. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { editedEnergies, usageEditActions, usageEditMethods } from './usage-edit-schema.ts';

export const usageEdited = defineEvent({
  type: 'meter.usage_edited',
  source: 'metering',
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: {
    en: 'A person decided what a meter took in a stretch of time.',
    ar: 'قرّر شخص ما استهلكه عداد في فترة من الوقت.',
  },
  payload: z.object({
    editId: z.string(),
    meterId: z.string(),
    action: z.enum(usageEditActions),
    /** `to` is exclusive. */
    from: utcTime(),
    to: utcTime(),
    /** Missing in events of before there was a choice: energy taken. */
    energy: z.optional(z.enum(editedEnergies)),
    method: z.enum(usageEditMethods),
    /** Decimal kWh (reactive energy: kvarh) of the whole stretch; missing where nothing is known. */
    oldKwh: z.optional(z.string()),
    newKwh: z.optional(z.string()),
    reason: z.string(),
    requestedBy: z.string(),
    decidedBy: z.optional(z.string()),
  }),
  example: {
    editId: 'ued_01JGFJJZ00ABCDEFGHJKMNPQRS',
    meterId: 'ACR-001234',
    action: 'set',
    from: '2026-01-10T00:00:00.000Z',
    to: '2026-01-12T00:00:00.000Z',
    energy: 'taken',
    method: 'like_days',
    oldKwh: '3.2',
    newKwh: '24.6',
    reason: 'A phase was not connected',
    requestedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});
