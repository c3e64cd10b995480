/** When a ticket is to be answered and solved. The time a customer is waited for is not the utility's. */
import type { SupportSettings } from '../settings/settings-entity.ts';
import type { Ticket, TicketPriority } from '../tickets/ticket-schema.ts';

const minuteMs = 60_000;
const after = (from: string, minutes: number): string => new Date(Date.parse(from) + minutes * minuteMs).toISOString();

export type DueTimes = Pick<Ticket, 'firstResponseDueAt' | 'resolutionDueAt'>;

/** @param from when the ticket was opened, UTC. @param pausedMs how long the clock of the solution stood still since */
export function dueTimes(
  { dueTimes: all }: SupportSettings,
  priority: TicketPriority,
  from: string,
  pausedMs = 0,
): DueTimes {
  const { firstResponseMinutes, resolutionMinutes } = all[priority];
  return {
    firstResponseDueAt: after(from, firstResponseMinutes),
    resolutionDueAt: after(from, resolutionMinutes + pausedMs / minuteMs),
  };
}

/** The solution's due time once its clock goes on: later by as long as the customer was waited for, or it was held for solved. */
export function resumed(
  { resolutionDueAt, waitingSince, resolvedAt, pausedMs = 0 }: Ticket,
  now: string,
): Pick<Ticket, 'resolutionDueAt' | 'pausedMs'> {
  const since = waitingSince ?? resolvedAt;
  const waitedMs = since === undefined ? 0 : Math.max(0, Date.parse(now) - Date.parse(since));
  return {
    resolutionDueAt: new Date(Date.parse(resolutionDueAt) + waitedMs).toISOString(),
    pausedMs: pausedMs + waitedMs,
  };
}

export type Due = 'first_response' | 'resolution';

/** What is still owed of a ticket, and until when; nothing while the customer is waited for, but an answer. */
export function owed(ticket: Ticket): { due: Due; at: string }[] {
  const isDone = ticket.status === 'resolved' || ticket.status === 'closed';
  return [
    ...(isDone || ticket.firstRespondedAt !== undefined
      ? []
      : [{ due: 'first_response' as const, at: ticket.firstResponseDueAt }]),
    ...(isDone || ticket.waitingSince !== undefined
      ? []
      : [{ due: 'resolution' as const, at: ticket.resolutionDueAt }]),
  ];
}

/** Where a due time stands: from four fifths of the time on it is warned of. */
export function dueState({ createdAt }: { createdAt: string }, at: string, now: string): 'in_time' | 'near' | 'passed' {
  const [from, until, present] = [Date.parse(createdAt), Date.parse(at), Date.parse(now)];
  if (present > until) return 'passed';
  return present - from >= (until - from) * 0.8 ? 'near' : 'in_time';
}
