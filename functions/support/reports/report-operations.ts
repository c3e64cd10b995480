/** Reports over the tickets that were opened in a span of local days. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import type { Operations } from '../../../layers/kernel/http/route.ts';
import { addDays, dayStart, daysBetween } from '../../../layers/tariff/calendar.ts';
import { tenantProfile } from '../../identity/contract.ts';
import { ticketsOpened } from '../tickets/list-tickets.ts';
import { byAssignee, byCategory, overview, peakHours, satisfaction, slaCompliance } from './count-tickets.ts';
import type { supportReports } from './routes.ts';

const maxDays = 366;

async function inSpan(session: TenantSession, { startDate, endDate }: { startDate: string; endDate: string }) {
  if (startDate > endDate || daysBetween(startDate, endDate) >= maxDays)
    throw new AppError('unprocessable', undefined, {
      texts: { en: `Ask about 1 to ${maxDays} days.`, ar: `اسأل عن يوم إلى ${maxDays} يومًا.` },
    });
  const { timeZone } = await tenantProfile(session);
  const until = dayStart(addDays(endDate, 1), timeZone) - 1;
  return { timeZone, tickets: await ticketsOpened(session, dayStart(startDate, timeZone), until) };
}

export const reportOperations: Operations<typeof supportReports.routes> = {
  reportTicketsOverview: async ({ session, query }) => {
    const { tickets, timeZone } = await inSpan(session, query);
    return { data: overview(tickets, query.groupBy, timeZone) };
  },
  reportTicketsByCategory: async ({ session, query }) => ({ data: byCategory((await inSpan(session, query)).tickets) }),
  reportAgentPerformance: async ({ session, query }) => ({ data: byAssignee((await inSpan(session, query)).tickets) }),
  reportSlaCompliance: async ({ session, query }) => ({
    data: slaCompliance((await inSpan(session, query)).tickets, session.context.now()),
  }),
  reportSatisfaction: async ({ session, query }) => ({ data: satisfaction((await inSpan(session, query)).tickets) }),
  reportPeakHours: async ({ session, query }) => {
    const { tickets, timeZone } = await inSpan(session, query);
    return { data: peakHours(tickets, timeZone) };
  },
};
