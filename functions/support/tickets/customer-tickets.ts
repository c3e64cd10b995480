/** A customer's own tickets: every call names the customer, and other customers' tickets do not exist for it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, notFound } from '../../../layers/kernel/errors/app-error.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { signTicketFile, signUploads } from '../attachments/sign-attachments.ts';
import { supportSettings } from '../settings/settings-entity.ts';
import { addMessage } from './add-message.ts';
import { changeTicket, toStatus } from './change-ticket.ts';
import { listTickets } from './list-tickets.ts';
import { openTicket } from './open-ticket.ts';
import { ticketEntity, ticketMessageEntity } from './ticket-entity.ts';
import type { TicketMessage, TicketStatus } from './ticket-schema.ts';

/** Who writes for a customer. */
export interface TicketWriter {
  customerId: string;
  userId: string;
  name: string;
}

export const customerTickets = {
  categories: async (session: TenantSession) => (await supportSettings(session)).categories,

  open: (
    session: TenantSession,
    { customerId, userId }: TicketWriter,
    channel: 'portal' | 'app',
    ticket: { subject: string; description: string; category: string; attachmentIds?: string[] | undefined },
  ) => openTicket(session, userId, { ...ticket, customerId, channel, priority: 'medium' }),

  list: (session: TenantSession, customerId: string, status: TicketStatus | undefined, page: Paging) =>
    listTickets(session, { customerId, status }, page),

  get: requireOwnTicket,

  async messages(session: TenantSession, customerId: string, id: string, page: Paging) {
    await requireOwnTicket(session, customerId, id);
    return session.query<TicketMessage>(ticketMessageEntity, {
      pk: ['TICKET', id],
      beginsWith: ['MESSAGE'],
      filter: [{ attribute: 'visibility', operator: '=', value: 'public' }],
      ...page,
    });
  },

  reply: (
    session: TenantSession,
    { customerId, userId, name }: TicketWriter,
    ticketId: string,
    { text, attachmentIds }: { text: string; attachmentIds?: string[] | undefined },
  ) =>
    addMessage(session, {
      ticketId,
      author: 'customer',
      authorId: userId,
      authorName: name,
      visibility: 'public',
      text,
      attachmentIds,
      check: ofCustomer(customerId, ticketId),
    }),

  close: (session: TenantSession, customerId: string, id: string) =>
    changeTicket(session, {
      id,
      decide: (ticket) => {
        ofCustomer(customerId, id)(ticket);
        return ticket.status === 'closed' ? undefined : toStatus(ticket, 'closed', session.context.now());
      },
    }),

  /** @throws AppError `conflict` before it is solved, and once it is rated */
  rate: (session: TenantSession, customerId: string, id: string, rating: number, feedback: string | undefined) =>
    changeTicket(session, {
      id,
      decide: (ticket) => {
        ofCustomer(customerId, id)(ticket);
        if (ticket.status !== 'resolved' && ticket.status !== 'closed')
          throw new AppError('conflict', undefined, {
            texts: { en: 'A ticket is rated once it is solved.', ar: 'تُقيَّم التذكرة بعد حلها.' },
          });
        if (ticket.rating !== undefined)
          throw new AppError('conflict', undefined, {
            texts: { en: 'The ticket is rated already.', ar: 'قُيّمت التذكرة بالفعل.' },
          });
        return { rating, ...(feedback === undefined ? {} : { feedback }) };
      },
    }),

  upload: signUploads,

  async file(session: TenantSession, customerId: string, id: string, attachmentId: string) {
    await requireOwnTicket(session, customerId, id);
    return signTicketFile(session, id, attachmentId, true);
  },
};

async function requireOwnTicket(session: TenantSession, customerId: string, id: string) {
  const ticket = await session.require(ticketEntity, { id });
  ofCustomer(customerId, id)(ticket);
  return ticket;
}

/** Another customer's ticket is answered as if it did not exist. */
const ofCustomer =
  (customerId: string, id: string) =>
  (ticket: { customerId?: string | undefined }): void => {
    if (ticket.customerId !== customerId) throw notFound('ticket', id);
  };
