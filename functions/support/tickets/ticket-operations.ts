/** What staff does with tickets. */
import { readHistory } from '../../../layers/kernel/crud/history.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations, Paging } from '../../../layers/kernel/http/route.ts';
import { requireCustomer } from '../../billing/contract.ts';
import { signTicketFile, signUploads } from '../attachments/sign-attachments.ts';
import { supportSettings } from '../settings/settings-entity.ts';
import { dueTimes } from '../sla/due-times.ts';
import { addMessage } from './add-message.ts';
import { assignTicket, takeTicket } from './assign-ticket.ts';
import { changeTicket, refuseClosed, type TicketChanges, toStatus } from './change-ticket.ts';
import { listTickets } from './list-tickets.ts';
import { mergeTickets } from './merge-tickets.ts';
import { openTicket, refuseUnknownCategory } from './open-ticket.ts';
import type { tickets } from './routes.ts';
import { searchTickets } from './search-tickets.ts';
import { ticketEntity, ticketMessageEntity, ticketNumberEntity } from './ticket-entity.ts';
import type { TicketMessage } from './ticket-schema.ts';

export const ticketOperations: Operations<typeof tickets.routes> = {
  listTickets: async ({ session, query: { ticketNumber, ...filters }, page }) => {
    if (ticketNumber !== undefined) return { data: await byNumber(session, ticketNumber), pagination: lastPage(page) };
    const { items, nextCursor } = await listTickets(session, filters, page);
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  createTicket: async ({ session, principal, body }) => {
    if (body.customerId !== undefined) await requireCustomer(session, body.customerId);
    return { data: await openTicket(session, principal.subject, body) };
  },

  searchTickets: async ({ session, body }) => ({ data: await searchTickets(session, body) }),
  uploadTicketFiles: async ({ session, principal, body }) => ({
    data: await signUploads(session, principal.subject, body.files),
  }),
  getTicket: async ({ session, params }) => ({ data: await session.require(ticketEntity, params) }),

  updateTicket: async ({ session, params, body, expectedVersion }) => {
    const changes = body as TicketChanges;
    const settings = await supportSettings(session);
    if (changes.category) refuseUnknownCategory(settings.categories, changes.category);
    const data = await changeTicket(session, {
      ...params,
      expectedVersion,
      decide: (ticket) => {
        refuseClosed(ticket);
        const { priority } = changes;
        const isOther = priority && priority !== ticket.priority;
        return { ...changes, ...(isOther ? dueTimes(settings, priority, ticket.createdAt, ticket.pausedMs) : {}) };
      },
    });
    return { data };
  },

  changeTicketStatus: async ({ session, params, body, expectedVersion }) => ({
    data: await changeTicket(session, {
      ...params,
      expectedVersion,
      decide: (ticket) =>
        ticket.status === body.status ? undefined : toStatus(ticket, body.status, session.context.now()),
    }),
  }),

  closeTicket: async ({ session, params, expectedVersion }) => ({
    data: await changeTicket(session, {
      ...params,
      expectedVersion,
      decide: (ticket) => (ticket.status === 'closed' ? undefined : toStatus(ticket, 'closed', session.context.now())),
    }),
  }),

  assignTicket: async ({ session, params, body, expectedVersion }) => ({
    data: await assignTicket(session, params.id, body.assigneeId, expectedVersion),
  }),

  takeTicket: async ({ session, principal, params }) => {
    if (principal.kind !== 'user')
      throw new AppError('forbidden', undefined, {
        texts: { en: 'Only a person takes a ticket.', ar: 'لا يتولى التذكرة إلا شخص.' },
      });
    return { data: await takeTicket(session, params.id, principal.subject) };
  },

  escalateTicket: async ({ session, params, body }) => {
    const settings = await supportSettings(session);
    const data = await changeTicket(session, {
      ...params,
      decide: (ticket) => {
        refuseClosed(ticket);
        const isLow = ticket.priority === 'low' || ticket.priority === 'medium';
        return {
          escalatedAt: session.context.now(),
          escalationReason: body.reason,
          ...(isLow ? { priority: 'high', ...dueTimes(settings, 'high', ticket.createdAt, ticket.pausedMs) } : {}),
        };
      },
    });
    return { data };
  },

  mergeTicket: async ({ session, params, body }) => ({ data: await mergeTickets(session, params.id, body.intoId) }),

  listTicketMessages: async ({ session, params, page }) => {
    await session.require(ticketEntity, params);
    const { items, nextCursor } = await session.query<TicketMessage>(ticketMessageEntity, {
      pk: ['TICKET', params.id],
      beginsWith: ['MESSAGE'],
      ...page,
    });
    return { data: items, pagination: { limit: page.limit, nextCursor } };
  },

  replyToTicket: async ({ session, principal, params, body }) => ({
    data: await addMessage(session, {
      ...body,
      ticketId: params.id,
      author: 'staff',
      authorId: principal.subject,
      authorName: principal.name,
    }),
  }),

  getTicketFile: async ({ session, params: { id, attachmentId } }) => {
    await session.require(ticketEntity, { id });
    return { data: await signTicketFile(session, id, attachmentId, false) };
  },

  getTicketHistory: readHistory(ticketEntity),
};

const lastPage = ({ limit }: Paging) => ({ limit, nextCursor: null });

async function byNumber(session: TenantSession, ticketNumber: string) {
  const known = await session.get(ticketNumberEntity, { ticketNumber });
  return known === undefined ? [] : [await session.require(ticketEntity, { id: known.ticketId })];
}
