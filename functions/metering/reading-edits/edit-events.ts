/** The event of an edit that counts from now on. Who has billed the time of the reading bills it again. */
import * as z from 'zod/mini';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { editActions } from './edit-schema.ts';

export const readingEdited = defineEvent({
  type: 'meter.reading_edited',
  source: 'metering',
  schemaVersion: 1,
  aggregateType: 'meter',
  summary: { en: 'A person decided about a reading of a meter.', ar: 'قرّر شخص بشأن قراءة عداد.' },
  payload: z.object({
    editId: z.string(),
    meterId: z.string(),
    action: z.enum(editActions),
    /** Of the reading. */
    time: utcTime(),
    /** What stood before and what stands now; missing when nothing does. */
    oldRegisterKwh: z.optional(z.string()),
    newRegisterKwh: z.optional(z.string()),
    reason: z.string(),
    requestedBy: z.string(),
    decidedBy: z.optional(z.string()),
  }),
  example: {
    editId: 'edt_01JGFJJZ00ABCDEFGHJKMNPQRS',
    meterId: 'ACR-001234',
    action: 'correct',
    time: '2026-01-01T10:30:00.000Z',
    oldRegisterKwh: '15324.56',
    newRegisterKwh: '15234.56',
    reason: 'Digits swapped; photo of the reader',
    requestedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
  },
});
