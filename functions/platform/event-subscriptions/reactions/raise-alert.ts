/** Reaction `raise_alert`: an event becomes an alert with acknowledgement, escalation and the tenant's alert actions. */
import * as z from 'zod/mini';
import { derivedId } from '../../../../layers/kernel/ids.ts';
import { publishAlert } from '../../contract.ts';
import { alertSeverities, alertTypes } from '../../events.ts';
import { fillTemplate } from './fill-template.ts';
import { defineReaction, templateText } from './reaction.ts';

const maxTitle = 500;

export const raiseAlert = defineReaction({
  name: 'raise_alert',
  title: { en: 'Raise an alert', ar: 'إطلاق تنبيه' },
  summary: {
    en: 'Raises an alert; events of the same aggregate are counted on the one that is open.',
    ar: 'يطلق تنبيهًا، وتُحتسب أحداث العنصر نفسه على التنبيه المفتوح.',
  },
  input: z.strictObject({
    alertType: z._default(z.enum(alertTypes), 'business'),
    severity: z.enum(alertSeverities),
    title: z.strictObject({ en: templateText(300), ar: templateText(300) }),
    description: z.optional(templateText(1000)),
    /** @default aggregate */
    countBy: z._default(z.enum(['aggregate', 'event']), 'aggregate'),
  }),
  ignores: ['system.*'],
  example: {
    severity: 'warning',
    title: { en: 'Invoice {data.invoiceNumber} is overdue', ar: 'الفاتورة {data.invoiceNumber} متأخرة' },
  },
  run: async ({ session, input, event, reference }) => {
    const key = input.countBy === 'event' ? event.id : `${event.aggregateType}/${event.aggregateId}`;
    const dedupeKey = `event/${event.type}/${key}`.slice(0, 200);
    const filled = (text: string): string => fillTemplate(text, event).slice(0, maxTitle);
    await publishAlert(
      session,
      'platform',
      {
        alertType: input.alertType,
        severity: input.severity,
        title: { en: filled(input.title.en), ar: filled(input.title.ar) },
        ...(input.description === undefined ? {} : { description: fillTemplate(input.description, event) }),
        sourceSystem: event.source,
        alertData: { eventId: event.id, eventType: event.type, aggregateId: event.aggregateId },
        dedupeKey,
      },
      derivedId('evt', Date.parse(event.timestamp), `reaction ${reference}`),
    );
    return { dedupeKey };
  },
});
