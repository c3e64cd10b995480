/** A message in a ticket, and what it does: a customer's opens a solved ticket again, the first of staff stops the clock of the answer. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { readyAttachments, takeAttachments } from '../attachments/sign-attachments.ts';
import { ticketMessageAdded, ticketUpdated } from '../events.ts';
import { changeTicket, refuseClosed, type TicketChanges, toStatus } from './change-ticket.ts';
import { ticketMessageEntity } from './ticket-entity.ts';
import type { Ticket, TicketMessage } from './ticket-schema.ts';

export interface NewMessage {
  ticketId: string;
  author: 'customer' | 'staff';
  authorId: string;
  authorName: string;
  visibility: 'public' | 'internal';
  text: string;
  attachmentIds?: string[] | undefined;
  /** Refuses the ticket as it is now, e.g. another customer's. */
  check?: (ticket: Ticket) => void;
}

/** @throws AppError `conflict` for a closed ticket */
export async function addMessage(
  session: TenantSession,
  { check, attachmentIds, ...given }: NewMessage,
): Promise<TicketMessage & Stored> {
  let written: (TicketMessage & Stored) | undefined;
  await changeTicket(session, {
    id: given.ticketId,
    event: null,
    decide: async (ticket, unit) => {
      check?.(ticket);
      refuseClosed(ticket);
      const files = await readyAttachments(session, given.authorId, attachmentIds);
      const at = session.context.now();
      written = unit.create(ticketMessageEntity, {
        ...given,
        id: newId('tmg'),
        attachmentIds: files.map(({ id }) => id),
        at,
      });
      takeAttachments(unit, files, ticket.id, given.visibility === 'internal');
      const { version: _version, createdAt: _createdAt, updatedAt: _updatedAt, text, ...message } = written;
      unit.emit(ticketMessageAdded, {
        aggregateId: ticket.id,
        payload: {
          ticketId: ticket.id,
          ticketNumber: ticket.ticketNumber,
          subject: ticket.subject,
          ...(ticket.customerId === undefined ? {} : { customerId: ticket.customerId }),
          ...(ticket.assigneeId === undefined ? {} : { assigneeId: ticket.assigneeId }),
          message: { ...message, ...(given.visibility === 'internal' ? {} : { text }) },
        },
      });
      const changes = { messageCount: ticket.messageCount + 1, ...effects(ticket, given, at) };
      if ('status' in changes)
        unit.emit(ticketUpdated, {
          aggregateId: ticket.id,
          payload: withoutNulls({
            ...ticket,
            ...changes,
            lastActivityAt: at,
            version: ticket.version + 1,
            updatedAt: at,
          }),
        });
      return changes;
    },
  });
  return written!;
}

function effects(ticket: Ticket, { author, visibility }: NewMessage, now: string): TicketChanges {
  if (visibility === 'internal') return {};
  if (author === 'staff') return ticket.firstRespondedAt === undefined ? { firstRespondedAt: now } : {};
  return ticket.status === 'waiting_customer' || ticket.status === 'resolved' ? toStatus(ticket, 'open', now) : {};
}

const withoutNulls = (row: object) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as Ticket & Stored;
