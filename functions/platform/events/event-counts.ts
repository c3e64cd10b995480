/**
 * How many events of each type a day brought: one row a day, added to by the recorder once for a batch, of the events that
 * were new to the log. A recorder that dies between the log and the count leaves its batch uncounted.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import type { EventEnvelope } from '../../../layers/kernel/events/envelope.ts';

/** Attributes named `n <type>` hold the counts. */
export type EventDay = { day: string } & Record<`n ${string}`, number>;

const prefix = 'n ';
const keepSeconds = 400 * 86_400;

const eventDayEntity = defineEntity<EventDay, { day: string }>()({
  name: 'event day',
  table: 'platform',
  key: ({ day }) => ({ pk: ['EVENT-DAYS'], sk: [day] }),
  idOf: ({ day }) => day,
});

/** @param events each of them once */
export async function countEvents(session: TenantSession, events: readonly EventEnvelope[]): Promise<void> {
  const now = session.context.now();
  const byDay = Map.groupBy(events, ({ occurredAt }) => (occurredAt || now).slice(0, 10));
  await Promise.all(
    [...byDay].map(([day, own]) => {
      const types = [...Map.groupBy(own, ({ type }) => type)];
      return updateAtomically(
        session,
        eventDayEntity,
        { day },
        {
          update: `SET #day = :day, expiresAt = :expires ADD ${types.map((_, i) => `#t${i} :c${i}`).join(', ')}`,
          names: { '#day': 'day', ...Object.fromEntries(types.map(([type], i) => [`#t${i}`, prefix + type])) },
          values: {
            ':day': day,
            ':expires': Math.floor(Date.parse(now) / 1000) + keepSeconds,
            ...Object.fromEntries(types.map(([, some], i) => [`:c${i}`, some.length])),
          },
        },
      );
    }),
  );
}

export interface CountedDay {
  /** UTC. */
  day: string;
  total: number;
  byType: Record<string, number>;
}

/** The days that had events, newest first. @param from the first day, `2026-01-01` */
export async function readEventDays(session: TenantSession, from: string, limit: number): Promise<CountedDay[]> {
  const { items } = await session.query<EventDay>(eventDayEntity, {
    pk: ['EVENT-DAYS'],
    from: [from],
    order: 'descending',
    limit,
  });
  return items.map((row) => {
    const byType = Object.fromEntries(
      Object.entries(row).flatMap(([name, count]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), Number(count)]] : [],
      ),
    );
    return { day: row.day, total: Object.values(byType).reduce((sum, count) => sum + count, 0), byType };
  });
}
