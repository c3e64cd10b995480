/** Two tickets about one thing become one: the other is closed, and says where it went. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { changeTicket, refuseClosed, toStatus } from './change-ticket.ts';
import { ticketEntity } from './ticket-entity.ts';
import type { Ticket } from './ticket-schema.ts';

/** @throws AppError `unprocessable` for itself or another customer's; `conflict` for a closed one */
export async function mergeTickets(session: TenantSession, id: string, intoId: string): Promise<Ticket & Stored> {
  if (id === intoId)
    throw new AppError('unprocessable', undefined, {
      texts: { en: 'A ticket is not merged into itself.', ar: 'لا تُدمج التذكرة في نفسها.' },
    });
  const into = await session.require(ticketEntity, { id: intoId });
  refuseClosed(into);
  return changeTicket(session, {
    id,
    decide: (ticket, unit) => {
      refuseClosed(ticket);
      // What one customer wrote must not come before another's eyes.
      if (ticket.customerId !== into.customerId)
        throw new AppError('unprocessable', undefined, {
          texts: { en: 'The tickets are of different customers.', ar: 'التذكرتان لمشتركين مختلفين.' },
        });
      unit.requireExists(ticketEntity, { id: intoId });
      return { ...toStatus(ticket, 'closed', session.context.now()), mergedInto: intoId };
    },
  });
}
