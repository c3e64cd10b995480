/** What tickets show in numbers: plain counting, no store. Rates are shares of one, rounded to four digits; null of nothing. */
import { localDate, localTime } from '../../../layers/metering/time-zone.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { type Ticket, ticketPriorities } from '../tickets/ticket-schema.ts';

export type Counted = Ticket & { createdAt: string };

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : rounded(part / whole));

function average(values: readonly (number | undefined)[]): number | null {
  const known = values.filter((value) => value !== undefined);
  return share(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string | undefined): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** From Sunday, 0, on: weeks of the region begin then. */
const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

const isSolved = ({ resolvedAt }: Ticket): boolean => resolvedAt !== undefined;
const minutesTo = (ticket: Counted, at: string | undefined): number | undefined =>
  at === undefined ? undefined : (Date.parse(at) - Date.parse(ticket.createdAt)) / 60_000;

export function overview(tickets: readonly Counted[], unit: 'day' | 'week' | 'month', timeZone: string) {
  const startOf = (at: string): string => {
    const day = localDate(Date.parse(at), timeZone);
    if (unit === 'month') return `${day.slice(0, 7)}-01`;
    if (unit === 'day') return day;
    return addDays(day, -weekdayOf(day));
  };
  const opened = countBy(tickets, ({ createdAt }) => startOf(createdAt));
  const resolved = countBy(tickets.filter(isSolved), ({ resolvedAt }) => startOf(resolvedAt!));
  const solved = tickets.filter(isSolved);
  return {
    total: tickets.length,
    byStatus: countBy(tickets, ({ status }) => status),
    byPriority: countBy(tickets, ({ priority }) => priority),
    byChannel: countBy(tickets, ({ channel }) => channel),
    avgMessages: average(tickets.map(({ messageCount }) => messageCount)),
    firstContactResolutionRate: share(solved.filter(({ messageCount }) => messageCount <= 1).length, solved.length),
    groups: [...new Set([...Object.keys(opened), ...Object.keys(resolved)])]
      .sort()
      .map((from) => ({ from, opened: opened[from] ?? 0, resolved: resolved[from] ?? 0 })),
  };
}

export const byCategory = (tickets: readonly Counted[]) =>
  groupBy(tickets, ({ category }) => category).map(([category, all]) => {
    const solved = all.filter(isSolved);
    return {
      category,
      totalTickets: all.length,
      openTickets: all.length - solved.length,
      resolvedTickets: solved.length,
      resolutionRate: share(solved.length, all.length),
      avgResolutionTimeMinutes: average(solved.map((ticket) => minutesTo(ticket, ticket.resolvedAt))),
      avgRating: average(all.map(({ rating }) => rating)),
    };
  });

export const byAssignee = (tickets: readonly Counted[]) =>
  groupBy(tickets, ({ assigneeId }) => assigneeId).map(([assigneeId, all]) => ({
    assigneeId,
    assignedTickets: all.length,
    resolvedTickets: all.filter(isSolved).length,
    resolutionRate: share(all.filter(isSolved).length, all.length),
    avgFirstResponseMinutes: average(all.map((ticket) => minutesTo(ticket, ticket.firstRespondedAt))),
    avgRating: average(all.map(({ rating }) => rating)),
    totalMessages: all.reduce((sum, { messageCount }) => sum + messageCount, 0),
  }));

/** A due time counts as missed as soon as it passed, whether or not the watch has been round since. */
export function slaCompliance(tickets: readonly Counted[], now: string) {
  const isLate = (done: string | undefined, dueAt: string): boolean => (done ?? now) > dueAt;
  return [...ticketPriorities].reverse().map((priority) => {
    const all = tickets.filter((ticket) => ticket.priority === priority);
    const answered = (ticket: Counted): string | undefined => ticket.firstRespondedAt ?? ticket.resolvedAt;
    const late = all.filter((ticket) => isLate(answered(ticket), ticket.firstResponseDueAt));
    const unsolved = all.filter((ticket) => isLate(ticket.resolvedAt ?? ticket.waitingSince, ticket.resolutionDueAt));
    return {
      priority,
      total: all.length,
      firstResponseBreaches: late.length,
      resolutionBreaches: unsolved.length,
      complianceRate: share(all.length - new Set([...late, ...unsolved]).size, all.length),
    };
  });
}

export function satisfaction(tickets: readonly Counted[]) {
  const rated = tickets.filter(({ rating }) => rating !== undefined);
  return {
    rated: rated.length,
    ratedShare: share(rated.length, tickets.filter(isSolved).length),
    avgRating: average(rated.map(({ rating }) => rating)),
    byRating: countBy(rated, ({ rating }) => String(rating)),
  };
}

export function peakHours(tickets: readonly Counted[], timeZone: string) {
  const byHour = new Array<number>(24).fill(0);
  const byWeekday = new Array<number>(7).fill(0);
  for (const { createdAt } of tickets) {
    const time = Date.parse(createdAt);
    byHour[localTime(time, timeZone).hour]!++;
    byWeekday[weekdayOf(localDate(time, timeZone))]!++;
  }
  return { byHour, byWeekday };
}
