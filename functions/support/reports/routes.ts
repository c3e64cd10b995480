/** Routes of the reports over tickets, at their documented paths. */
import * as z from 'zod/mini';
import { defineResource } from '../../../layers/kernel/http/route.ts';

const days = { startDate: z.iso.date(), endDate: z.iso.date() };
const share = z.nullable(z.number());
const report = {
  method: 'GET',
  access: 'support:reports:view',
  query: z.object(days),
  errors: ['unprocessable'],
} as const;

export const supportReports = defineResource({
  name: 'support-reports',
  base: '/api/support/reports/tickets',
  title: 'Reports of support',
  routes: {
    reportTicketsOverview: {
      ...report,
      path: '/overview',
      summary: 'Tickets opened and solved by day, week or month, in the tenant’s time.',
      description: 'Every report covers tickets opened from `startDate` to `endDate`, both included, at most 366 days.',
      query: z.object({ ...days, groupBy: z._default(z.enum(['day', 'week', 'month']), 'day') }),
      response: z.object({
        total: z.int(),
        byStatus: z.record(z.string(), z.int()),
        byPriority: z.record(z.string(), z.int()),
        byChannel: z.record(z.string(), z.int()),
        avgMessages: share,
        /** Solved with one answer. */
        firstContactResolutionRate: share,
        groups: z.array(z.object({ from: z.string(), opened: z.int(), resolved: z.int() })),
      }),
    },
    reportTicketsByCategory: {
      ...report,
      path: '/by-category',
      summary: 'Tickets by category: how many, how many solved, how fast, how they were rated.',
      response: z.array(
        z.object({
          category: z.string(),
          totalTickets: z.int(),
          openTickets: z.int(),
          resolvedTickets: z.int(),
          resolutionRate: share,
          avgResolutionTimeMinutes: share,
          avgRating: share,
        }),
      ),
    },
    reportAgentPerformance: {
      ...report,
      path: '/agent-performance',
      summary: 'Tickets by who works on them.',
      response: z.array(
        z.object({
          assigneeId: z.string(),
          assignedTickets: z.int(),
          resolvedTickets: z.int(),
          resolutionRate: share,
          avgFirstResponseMinutes: share,
          avgRating: share,
          totalMessages: z.int(),
        }),
      ),
    },
    reportSlaCompliance: {
      ...report,
      path: '/sla-compliance',
      summary: 'How many tickets were answered and solved in time, by priority.',
      response: z.array(
        z.object({
          priority: z.string(),
          total: z.int(),
          firstResponseBreaches: z.int(),
          resolutionBreaches: z.int(),
          /** Of all, those without a breach. */
          complianceRate: share,
        }),
      ),
    },
    reportSatisfaction: {
      ...report,
      path: '/satisfaction',
      summary: 'Ratings by customers.',
      response: z.object({
        rated: z.int(),
        /** Of those solved. */
        ratedShare: share,
        avgRating: share,
        byRating: z.record(z.string(), z.int()),
      }),
    },
    reportPeakHours: {
      ...report,
      path: '/peak-hours',
      summary: 'Tickets opened by hour of the day and by day of the week, in the tenant’s time.',
      response: z.object({
        /** 24, from midnight on. */
        byHour: z.array(z.int()),
        /** 7, from Sunday on. */
        byWeekday: z.array(z.int()),
      }),
    },
  },
});
