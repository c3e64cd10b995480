/** Events the support domain publishes. */
import * as z from 'zod/mini';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { messageSchema, storedTicketSchema } from './tickets/ticket-schema.ts';

const ticket = {
  id: 'tkt_01JGFJJZ00ABCDEFGHJKMNPQRS',
  ticketNumber: 'TK-7Q4M2X9A',
  subject: 'The meter shows nothing',
  description: 'Since this morning the display is dark, the light works.',
  category: 'meter',
  priority: 'high' as const,
  status: 'open' as const,
  channel: 'portal' as const,
  customerId: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
  openedBy: 'usr_01JGFJJZ00ABCDEFGHJKMNPQRS',
  attachmentIds: [],
  firstResponseDueAt: '2026-06-15T13:00:00.000Z',
  resolutionDueAt: '2026-06-16T09:00:00.000Z',
  slaBreached: false,
  lastActivityAt: '2026-06-15T09:00:00.000Z',
  messageCount: 0,
  version: 1,
  createdAt: '2026-06-15T09:00:00.000Z',
  updatedAt: '2026-06-15T09:00:00.000Z',
};

const base = {
  source: 'support',
  schemaVersion: 1,
  aggregateType: 'ticket',
  payload: storedTicketSchema,
  example: ticket,
} as const;

export const ticketCreated = defineEvent({
  ...base,
  type: 'ticket.created',
  summary: { en: 'A ticket was opened.', ar: 'فُتحت تذكرة دعم.' },
});

export const ticketUpdated = defineEvent({
  ...base,
  type: 'ticket.updated',
  summary: {
    en: 'A ticket changed: its status, priority, category, rating.',
    ar: 'تغيّرت تذكرة: حالتها أو أولويتها أو فئتها أو تقييمها.',
  },
  example: { ...ticket, status: 'in_progress', version: 2 },
});

const assigneeId = 'usr_01JGFJK000ABCDEFGHJKMNPQRS';

export const ticketAssigned = defineEvent({
  ...base,
  type: 'ticket.assigned',
  summary: { en: 'A ticket was given to somebody, or taken from them.', ar: 'أُسندت تذكرة إلى شخص أو سُحبت منه.' },
  example: { ...ticket, assigneeId, version: 2 },
});

export const ticketMessageAdded = defineEvent({
  source: 'support',
  schemaVersion: 1,
  type: 'ticket.message',
  aggregateType: 'ticket',
  summary: { en: 'Somebody wrote in a ticket.', ar: 'كتب شخص رسالة في تذكرة.' },
  payload: z.object({
    ticketId: z.string(),
    ticketNumber: z.string(),
    subject: z.string(),
    customerId: z.optional(z.string()),
    assigneeId: z.optional(z.string()),
    /** Internal notes come without their text. */
    message: z.extend(messageSchema, { text: z.optional(z.string()) }),
  }),
  example: {
    ticketId: ticket.id,
    ticketNumber: ticket.ticketNumber,
    subject: ticket.subject,
    customerId: ticket.customerId,
    assigneeId,
    message: {
      id: 'tmg_01JGFJJZ00ABCDEFGHJKMNPQRS',
      ticketId: ticket.id,
      author: 'staff' as const,
      authorId: assigneeId,
      authorName: 'Huda',
      visibility: 'public' as const,
      text: 'A technician comes today.',
      attachmentIds: [],
      at: '2026-06-15T09:30:00.000Z',
    },
  },
});

const duePayload = z.extend(storedTicketSchema, { due: z.enum(['first_response', 'resolution']) });
const dueExample = { ...ticket, due: 'first_response' as const };

export const ticketSlaWarning = defineEvent({
  ...base,
  type: 'ticket.sla_warning',
  summary: { en: 'Four fifths of the time for a ticket are gone.', ar: 'مضت أربعة أخماس الوقت المحدد لتذكرة.' },
  payload: duePayload,
  example: dueExample,
});

export const ticketSlaBreached = defineEvent({
  ...base,
  type: 'ticket.sla_breached',
  summary: { en: 'A ticket was not answered or solved in time.', ar: 'لم يُرد على تذكرة أو لم تُحل في وقتها.' },
  payload: duePayload,
  example: { ...dueExample, slaBreached: true },
});

export const supportEvents = [
  ticketCreated,
  ticketUpdated,
  ticketAssigned,
  ticketMessageAdded,
  ticketSlaWarning,
  ticketSlaBreached,
];
