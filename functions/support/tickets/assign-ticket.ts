/** Who works on a ticket. Two who take it at once do not both have it. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { requireUser } from '../../identity/contract.ts';
import { ticketAssigned } from '../events.ts';
import { changeTicket, refuseClosed, toStatus } from './change-ticket.ts';
import type { Ticket } from './ticket-schema.ts';

/** Gives a ticket to a user of the tenant, or to nobody. @throws AppError `not_found`, `version_conflict`, `conflict` */
export async function assignTicket(
  session: TenantSession,
  id: string,
  assigneeId: string | null,
  expectedVersion?: number,
): Promise<Ticket & Stored> {
  if (assigneeId !== null) await requireUser(session, assigneeId);
  return changeTicket(session, {
    id,
    expectedVersion,
    event: ticketAssigned,
    decide: (ticket) => {
      refuseClosed(ticket);
      return (ticket.assigneeId ?? null) === assigneeId ? undefined : { assigneeId };
    },
  });
}

/** Takes a ticket that nobody has. @throws AppError `conflict` when somebody else was first */
export function takeTicket(session: TenantSession, id: string, subject: string): Promise<Ticket & Stored> {
  return changeTicket(session, {
    id,
    event: ticketAssigned,
    decide: (ticket) => {
      refuseClosed(ticket);
      if (ticket.assigneeId === subject) return undefined;
      if (ticket.assigneeId !== undefined)
        throw new AppError('conflict', undefined, {
          texts: { en: 'Somebody else has the ticket already.', ar: 'التذكرة لدى شخص آخر بالفعل.' },
        });
      const begun = ticket.status === 'open' ? toStatus(ticket, 'in_progress', session.context.now()) : {};
      return { assigneeId: subject, ...begun };
    },
  });
}
