/** Reports over their handler: what is counted, in whose time, and for whom. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { useSupportStack } from '../test-support/support-stack.ts';
import { customerTickets } from '../tickets/customer-tickets.ts';
import { handler as tickets } from '../tickets/handler.ts';
import { handler } from './handler.ts';

const stack = useSupportStack();
const agent = `usr_${'1'.padStart(26, '0')}`;
const customerId = `cus_${'1'.padStart(26, '0')}`;
const hour = 3_600_000;
const query = { startDate: '2026-06-01', endDate: '2026-06-30' };
const report = async (name: string, more: object = {}, tenant = 't1') =>
  stack.call(tenant, handler, 'GET', `/api/support/reports/tickets/${name}`, { query: { ...query, ...more } });
const change = (path: string, body?: object) =>
  stack.call('t1', tickets, 'POST', `/api/tickets${path}`, { body, as: { subject: agent } });

/** Three tickets from 12:00 of Aden on: one solved and rated by the agent, one answered late, one left alone. */
beforeAll(async () => {
  for (const tenant of ['t1', 't2']) await stack.addTenant(tenant);
  await stack.addUser('t1', agent);
  await stack.addCustomer('t1', customerId);
  const open = async (category: string, priority: string) =>
    (await change('', { subject: 'A', description: 'B', category, priority, customerId })).body.data.id as string;
  const solved = await open('meter', 'urgent');
  const late = await open('meter', 'urgent');
  await open('billing', 'low');
  await change(`/${solved}/take`);
  stack.advance(hour / 2);
  await change(`/${solved}/messages`, { text: 'done' });
  await change(`/${solved}/status`, { status: 'resolved' });
  stack.advance(hour);
  await change(`/${late}/messages`, { text: 'sorry' });
  await customerTickets.rate(openSession('t1'), customerId, solved, 4, undefined);
});

describe('reports', () => {
  it('count tickets by state and by time', async () => {
    expect((await report('overview')).body.data).toMatchObject({
      total: 3,
      byStatus: { open: 2, resolved: 1 },
      byPriority: { urgent: 2, low: 1 },
      avgMessages: 0.6667,
      firstContactResolutionRate: 1,
      groups: [{ from: '2026-06-15', opened: 3, resolved: 1 }],
    });
    expect((await report('overview', { groupBy: 'week' })).body.data.groups[0].from).toBe('2026-06-14');
    expect((await report('overview', { groupBy: 'month' })).body.data.groups[0].from).toBe('2026-06-01');
    expect((await report('overview', { endDate: '2026-06-14' })).body.data.total).toBe(0);
    const { byHour, byWeekday } = (await report('peak-hours')).body.data;
    expect(byHour[12]).toBe(3);
    expect(byWeekday).toEqual([0, 3, 0, 0, 0, 0, 0]);
  });

  it('say how categories and agents do', async () => {
    expect((await report('by-category')).body.data).toEqual([
      expect.objectContaining({
        category: 'billing',
        totalTickets: 1,
        openTickets: 1,
        resolutionRate: 0,
        avgRating: null,
      }),
      expect.objectContaining({ category: 'meter', resolvedTickets: 1, avgResolutionTimeMinutes: 30, avgRating: 4 }),
    ]);
    expect((await report('agent-performance')).body.data).toEqual([
      {
        assigneeId: agent,
        assignedTickets: 1,
        resolvedTickets: 1,
        resolutionRate: 1,
        avgFirstResponseMinutes: 30,
        avgRating: 4,
        totalMessages: 1,
      },
    ]);
  });

  it('say what was in time and how it was liked', async () => {
    const sla = (await report('sla-compliance')).body.data;
    expect(sla[0]).toEqual({
      priority: 'urgent',
      total: 2,
      firstResponseBreaches: 1,
      resolutionBreaches: 0,
      complianceRate: 0.5,
    });
    expect(sla[1]).toMatchObject({ priority: 'high', total: 0, complianceRate: null });
    expect((await report('satisfaction')).body.data).toEqual({
      rated: 1,
      ratedShare: 1,
      avgRating: 4,
      byRating: { 4: 1 },
    });
  });

  it('refuse spans that are none or too long, and are empty for another tenant', async () => {
    expect((await report('overview', { startDate: '2026-07-01' })).status).toBe(422);
    expect((await report('overview', { startDate: '2024-01-01' })).status).toBe(422);
    expect((await report('overview', { startDate: 'June' })).status).toBe(400);
    expect((await report('overview', {}, 't2')).body.data.total).toBe(0);
  });
});
