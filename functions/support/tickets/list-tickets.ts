/** Tickets of a tenant by what people look for: a page of the queue, or every one of a span of days. */
import type { Stored } from '../../../layers/kernel/data/entity.ts';
import { type AnyOf, equals, type FilterTerm } from '../../../layers/kernel/data/expressions.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { queryShards } from '../../../layers/kernel/data/sharded-query.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Paging } from '../../../layers/kernel/http/route.ts';
import { encodeTime } from '../../../layers/kernel/ids.ts';
import { endedPartitions, isEnded, openPartitions, ticketEntity } from './ticket-entity.ts';
import { type Ticket, type TicketStatus, ticketStatuses } from './ticket-schema.ts';

const partitionsFor = (status: TicketStatus | undefined) =>
  status === undefined ? [...openPartitions, ...endedPartitions] : isEnded(status) ? endedPartitions : openPartitions;

/** A page of tickets, the newest first. @param filters attributes and the values they must have */
export async function listTickets(
  session: TenantSession,
  filters: { status?: TicketStatus | undefined; customerId?: string | undefined } & Record<string, unknown>,
  page: Paging,
): Promise<Page<Ticket & Stored>> {
  const { customerId, ...others } = filters;
  const filter: (FilterTerm | AnyOf)[] = equals(others);
  if (customerId !== undefined)
    return session.query<Ticket & Stored>(ticketEntity, {
      index: 'gsi2',
      pk: ['CUSTOMER-TICKETS', customerId],
      order: 'descending',
      filter,
      ...page,
    });
  return queryShards(session, ticketEntity, {
    index: 'gsi1',
    partitions: partitionsFor(filters.status),
    sortKeyOf: ({ id }) => [id],
    order: 'descending',
    filter,
    ...page,
  });
}

const maxRead = 20_000;

/** Every ticket opened in a span (milliseconds). @throws AppError `unprocessable` for more than can be looked through at once */
export async function ticketsOpened(
  session: TenantSession,
  fromMs: number,
  toMs: number,
  statuses: readonly TicketStatus[] = ticketStatuses,
): Promise<(Ticket & Stored)[]> {
  if (fromMs > toMs) return [];
  const found: (Ticket & Stored)[] = [];
  const partitions = [...new Set(statuses.flatMap((status) => partitionsFor(status)))];
  await Promise.all(
    partitions.map(async (pk) => {
      let cursor: string | undefined;
      do {
        const page: Page<Ticket & Stored> = await session.query(ticketEntity, {
          index: 'gsi1',
          pk,
          from: [`tkt_${encodeTime(fromMs)}`],
          to: [`tkt_${encodeTime(toMs + 1)}`],
          limit: 500,
          cursor,
        });
        found.push(...page.items);
        if (found.length > maxRead)
          throw new AppError('unprocessable', undefined, {
            texts: { en: 'Too many tickets: ask for fewer days.', ar: 'عدد التذاكر كبير: اطلب أيامًا أقل.' },
          });
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
    }),
  );
  return found.filter(({ status }) => statuses.includes(status)).sort((a, b) => (a.id < b.id ? -1 : 1));
}
