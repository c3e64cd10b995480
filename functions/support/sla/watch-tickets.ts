/** Schedule: every ten minutes open tickets are held against their due times; each warning and each breach is told once. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { sumOverTenants } from '../../identity/contract.ts';
import { ticketSlaBreached, ticketSlaWarning } from '../events.ts';
import { changeTicket, type TicketChanges } from '../tickets/change-ticket.ts';
import { openPartitions, ticketEntity } from '../tickets/ticket-entity.ts';
import type { Ticket } from '../tickets/ticket-schema.ts';
import { type Due, dueState, owed } from './due-times.ts';

export async function handler(): Promise<{ told: number }> {
  return { told: await sumOverTenants(watchTenant) };
}

/** @returns how many warnings and breaches were told */
export async function watchTenant(session: TenantSession): Promise<number> {
  let told = 0;
  for (const pk of openPartitions) {
    let cursor: string | undefined;
    do {
      const page = await session.query<Ticket & { createdAt: string; version: number; updatedAt: string }>(
        ticketEntity,
        { index: 'gsi1', pk, limit: 200, cursor },
      );
      for (const ticket of page.items)
        if (news(ticket, session.context.now()).length > 0) told += await tell(session, ticket.id);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
  return told;
}

interface News {
  due: Due;
  isBreach: boolean;
}

/** What of a ticket's due times nobody was told yet. A breach is marked with its due time, so that each is told by itself. */
function news(ticket: Ticket & { createdAt: string }, now: string): News[] {
  return owed(ticket).flatMap(({ due, at }): News[] => {
    const state = dueState(ticket, at, now);
    if (state === 'passed' && !ticket.slaBreaches?.includes(due)) return [{ due, isBreach: true }];
    if (state === 'near' && !ticket.slaWarned?.includes(due)) return [{ due, isBreach: false }];
    return [];
  });
}

async function tell(session: TenantSession, id: string): Promise<number> {
  let told = 0;
  await changeTicket(session, {
    id,
    event: null,
    isActivity: false,
    decide: (ticket, unit) => {
      const found = news(ticket, session.context.now());
      told = found.length;
      if (told === 0) return undefined;
      const breaches = found.filter(({ isBreach }) => isBreach).map(({ due }) => due);
      const warnings = found.filter(({ isBreach }) => !isBreach).map(({ due }) => due);
      const changes: TicketChanges = {
        ...(breaches.length > 0
          ? { slaBreached: true, slaBreaches: [...(ticket.slaBreaches ?? []), ...breaches] }
          : {}),
        ...(warnings.length > 0 ? { slaWarned: [...(ticket.slaWarned ?? []), ...warnings] } : {}),
      };
      const after = { ...ticket, ...changes } as typeof ticket;
      for (const { due, isBreach } of found)
        unit.emit(isBreach ? ticketSlaBreached : ticketSlaWarning, { aggregateId: id, payload: { ...after, due } });
      return changes;
    },
  });
  return told;
}
