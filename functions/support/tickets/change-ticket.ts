/** The one way a ticket changes: which status follows which, and what a change of status does to the clocks. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { EventDefinition } from '../../../layers/kernel/events/define-event.ts';
import { ticketUpdated } from '../events.ts';
import { resumed } from '../sla/due-times.ts';
import { ticketEntity } from './ticket-entity.ts';
import type { Ticket, TicketStatus } from './ticket-schema.ts';

const next: Record<TicketStatus, readonly TicketStatus[]> = {
  open: ['in_progress', 'waiting_customer', 'resolved', 'closed'],
  in_progress: ['open', 'waiting_customer', 'resolved', 'closed'],
  waiting_customer: ['open', 'in_progress', 'resolved', 'closed'],
  resolved: ['open', 'in_progress', 'closed'],
  closed: [],
};

export type TicketChanges = Partial<{ [P in keyof Ticket]: Ticket[P] | null }>;

export interface TicketChange {
  id: string;
  /** The version the person saw; others' changes in between are refused then, and worked with otherwise. */
  expectedVersion?: number | undefined;
  /** Decides on the ticket as it is now; may be asked again. Nothing to change: `undefined`. */
  decide: (ticket: Ticket & Stored, unit: UnitOfWork) => TicketChanges | undefined | Promise<TicketChanges | undefined>;
  /** @default `ticket.updated` */
  event?: EventDefinition<string, any> | null;
  /** Whether somebody did something, and not a clock. @default true */
  isActivity?: boolean;
}

/** @throws AppError `not_found`, `version_conflict` or what `decide` throws */
export async function changeTicket(
  session: TenantSession,
  { id, expectedVersion, decide, event = ticketUpdated, isActivity = true }: TicketChange,
): Promise<Ticket & Stored> {
  const work = async () => {
    const before = await session.require(ticketEntity, { id });
    if (expectedVersion !== undefined && expectedVersion !== before.version) throw new AppError('version_conflict');
    const unit = session.begin('support');
    const changes = await decide(before, unit);
    if (changes === undefined) return before;
    const after = unit.update(ticketEntity, before, {
      ...changes,
      ...(isActivity ? { lastActivityAt: session.context.now() } : {}),
    });
    if (event) unit.emit(event, { aggregateId: id, payload: after });
    await unit.commit();
    return after;
  };
  return expectedVersion === undefined ? retryOnChange(work) : work();
}

/** The changes that take a ticket to a status. @throws AppError `conflict` where it does not follow */
export function toStatus(ticket: Ticket, status: TicketStatus, now: string): TicketChanges {
  if (ticket.status === status) return {};
  if (!next[ticket.status].includes(status)) throw refusedStatus(ticket.status, status);
  return {
    status,
    // What is closed for good keeps its due time: reports compare them.
    ...(ticket.status === 'resolved' && status === 'closed' ? {} : resumed(ticket, now)),
    waitingSince: status === 'waiting_customer' ? now : null,
    resolvedAt: status === 'resolved' || status === 'closed' ? (ticket.resolvedAt ?? now) : null,
    closedAt: status === 'closed' ? now : null,
  };
}

/** @throws AppError `conflict` */
export function refuseClosed({ status }: Ticket): void {
  if (status === 'closed')
    throw new AppError('conflict', undefined, {
      texts: { en: 'The ticket is closed: open another.', ar: 'التذكرة مغلقة: افتح تذكرة أخرى.' },
    });
}

const refusedStatus = (from: TicketStatus, to: TicketStatus) =>
  new AppError('conflict', undefined, {
    texts: { en: `A ticket does not go from "${from}" to "${to}".`, ar: `لا تنتقل التذكرة من "${from}" إلى "${to}".` },
  });
