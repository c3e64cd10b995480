/** The documented search: by text, state, days, files and what was written, in pages that are counted. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isSaid } from '../../../layers/kernel/data/text-search.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { ticketsOpened } from './list-tickets.ts';
import type { TicketSearch } from './search-tickets-schema.ts';
import { ticketMessageEntity } from './ticket-entity.ts';
import { type Ticket, type TicketMessage, ticketPriorities } from './ticket-schema.ts';

const dayMs = 86_400_000;
/** Tickets whose messages are read for one search. */
const maxWithMessages = 200;

export async function searchTickets(session: TenantSession, search: TicketSearch) {
  const now = Date.parse(session.context.now());
  const to = search.toDate === undefined ? now + dayMs : Date.parse(search.toDate) + dayMs;
  const from = search.fromDate === undefined ? to - 366 * dayMs : Date.parse(search.fromDate);
  const opened = await ticketsOpened(session, from, to, search.status && [search.status]);
  let found = opened.filter((ticket) => fits(ticket, search));
  if (search.messageContent !== undefined) found = await thatSay(session, found, search.messageContent);
  const key = (ticket: Ticket & Stored): string =>
    search.sortBy === 'priority' ? String(ticketPriorities.indexOf(ticket.priority)) : ticket[search.sortBy];
  const direction = search.sortOrder === 'asc' ? 1 : -1;
  found.sort((a, b) => direction * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id < b.id ? -1 : 1));
  const start = (search.page - 1) * search.limit;
  return {
    tickets: found.slice(start, start + search.limit),
    total: found.length,
    page: search.page,
    pages: Math.ceil(found.length / search.limit),
  };
}

function fits(ticket: Ticket, search: TicketSearch): boolean {
  const { query, priority, categoryId, customerId, assigneeId, hasAttachments, slaBreached, isRated } = search;
  const is = <T>(wanted: T | undefined, present: T): boolean => wanted === undefined || wanted === present;
  return (
    is(priority, ticket.priority) &&
    is(categoryId, ticket.category) &&
    is<string | undefined>(customerId, ticket.customerId) &&
    is<string | undefined>(assigneeId, ticket.assigneeId) &&
    is(hasAttachments, ticket.attachmentIds.length > 0) &&
    is(slaBreached, ticket.slaBreached) &&
    is(isRated, ticket.rating !== undefined) &&
    (query === undefined || isSaid(query, [ticket.ticketNumber, ticket.subject, ticket.description]))
  );
}

async function thatSay<T extends Ticket>(session: TenantSession, tickets: readonly T[], words: string): Promise<T[]> {
  const written = tickets.filter(({ messageCount }) => messageCount > 0);
  if (written.length > maxWithMessages)
    throw new AppError('unprocessable', undefined, {
      texts: {
        en: `Messages of at most ${maxWithMessages} tickets are searched: narrow the search.`,
        ar: `يُبحث في رسائل ${maxWithMessages} تذكرة على الأكثر: ضيّق البحث.`,
      },
    });
  const said = await Promise.all(
    written.map(async ({ id }) => {
      const messages = await session.query<TicketMessage>(ticketMessageEntity, {
        pk: ['TICKET', id],
        beginsWith: ['MESSAGE'],
        limit: 200,
      });
      return messages.items.some(({ text }) => isSaid(words, [text]));
    }),
  );
  return written.filter((_, i) => said[i]);
}
