import { describe, expect, it, vi } from 'vitest';
import { openSession } from '../../../layers/kernel/data/session.ts';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';
import { closeYear } from './close-year.ts';

const stack = useLedgerStack();
const periods = '/api/core/periods';
const post = (tenant: Tenant, date: string, entryLines = lines('5510', '1112', '10'), more: object = {}) =>
  tenant.call('POST', '/api/core/journal-entries', { date, description: 'x', lines: entryLines, post: true, ...more });
const close = (tenant: Tenant, id: string) => tenant.call('POST', `${periods}/${id}/close`);
const reopen = (tenant: Tenant, id: string) =>
  tenant.call('POST', `${periods}/${id}/reopen`, { reason: 'late invoice' });

describe('a period', () => {
  it('opens with its first posting, up to the next month, or by hand', async () => {
    const tenant = await stack.tenant();
    expect((await post(tenant, '2026-03-15')).status).toBe(201);
    expect(await post(tenant, '2126-03-15')).toMatchObject({
      status: 409,
      body: { detail: expect.stringMatching(/not opened/) },
    });
    expect(await tenant.call('POST', periods, { id: '2126-03' })).toMatchObject({
      status: 201,
      data: { startDate: '2126-03-01', endDate: '2126-03-31', fiscalYear: 2126, status: 'open' },
    });
    expect((await post(tenant, '2126-03-15')).status).toBe(201);
    expect((await tenant.call('POST', periods, { id: '2126-03' })).status).toBe(409);
    expect((await tenant.call('GET', periods)).data.map(({ id }: any) => id)).toEqual(['2126-03', '2026-03']);
  });

  it('opens by hand alone where the tenant wants that', async () => {
    const tenant = await stack.tenant();
    await tenant.call('PUT', '/api/core/ledger-settings', { autoOpenPeriods: false, fiscalYearStartMonth: 7 });
    expect((await post(tenant, '2026-03-15')).status).toBe(409);
    expect((await tenant.call('POST', periods, { id: '2026-03' })).data.fiscalYear).toBe(2025);
    expect((await post(tenant, '2026-03-15')).status).toBe(201);
    expect((await tenant.call('PUT', '/api/core/ledger-settings', { baseCurrency: 'SAR' })).status).toBe(409);
  });

  it('closes, takes nothing then, and opens again with a reason', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2026-03-15');
    expect(await close(tenant, '2026-03')).toMatchObject({
      status: 200,
      data: { status: 'closed', closedBy: 'usr_1' },
    });
    expect((await close(tenant, '2026-03')).status).toBe(409);
    for (const journal of ['general', 'sales'])
      expect(await post(tenant, '2026-03-15', undefined, { journal })).toMatchObject({
        status: 409,
        body: { detail: 'Period 2026-03 is closed.' },
      });
    // Neither does anything before it, though no period was there.
    expect((await post(tenant, '2026-01-15')).status).toBe(409);
    expect((await tenant.call('POST', periods, { id: '2026-01' })).status).toBe(409);
    expect((await tenant.call('POST', `${periods}/2026-03/reopen`, {})).status).toBe(400);
    expect(await reopen(tenant, '2026-03')).toMatchObject({
      status: 200,
      data: { status: 'open', reopenReason: 'late invoice' },
    });
    expect((await post(tenant, '2026-03-15')).data.number).toBe(2);
    expect(stack.outbox(tenant.id).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['finance.period_closed', 'finance.period_reopened']),
    );
  });

  it('needs a permission of its own to reopen', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2026-03-15');
    await close(tenant, '2026-03');
    const permissions = ['ledger:periods:read', 'ledger:periods:write', 'ledger:periods:close'];
    expect((await tenant.call('POST', `${periods}/2026-03/reopen`, { reason: 'x' }, { permissions })).status).toBe(403);
  });

  it('closes and reopens in order', async () => {
    const tenant = await stack.tenant();
    for (const month of ['01', '02', '03']) await post(tenant, `2026-${month}-15`);
    expect((await close(tenant, '2026-02')).body.detail).toMatch(/Earlier periods are open: 2026-01/);
    for (const month of ['01', '02', '03']) expect((await close(tenant, `2026-${month}`)).status).toBe(200);
    expect((await reopen(tenant, '2026-02')).body.detail).toMatch(/Reopen 2026-03 first/);
    expect((await reopen(tenant, '2026-03')).status).toBe(200);
    expect((await reopen(tenant, '2026-02')).status).toBe(200);
    expect((await tenant.call('GET', '/api/core/ledger-settings')).data.closedThrough).toBe('2026-01');
    expect((await reopen(tenant, '2026-01')).status).toBe(200);
    expect((await tenant.call('GET', '/api/core/ledger-settings')).data).not.toHaveProperty('closedThrough');
  });

  it('does not close over drafts, and says which', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2026-03-15');
    const draft = await tenant.call('POST', '/api/core/journal-entries', {
      date: '2026-03-31',
      description: 'late',
      lines: lines('5510', '1112', '1'),
    });
    expect((await close(tenant, '2026-03')).body.detail).toMatch(/Drafts/);
    expect((await tenant.call('GET', `${periods}/2026-03/checks`)).data).toMatchObject({
      canClose: false,
      problems: [{ check: 'drafts', ids: [draft.data.id], messageAr: expect.stringContaining('مسودات') }],
    });
    await tenant.call('PUT', `/api/core/journal-entries/${draft.data.id}`, { date: '2026-04-01' });
    expect((await close(tenant, '2026-03')).status).toBe(200);
  });

  it('and a posting at the same moment do not pass each other', async () => {
    for (let round = 0; round < 6; round++) {
      const tenant = await stack.tenant();
      // In half of the rounds the journal writes to the period for the first time.
      await post(tenant, '2026-03-01', undefined, { journal: round % 2 === 0 ? 'general' : 'sales' });
      const [posted, closed] = await Promise.all([post(tenant, '2026-03-15'), close(tenant, '2026-03')]);
      expect(closed.status).toBe(200);
      expect([201, 409]).toContain(posted.status);
      const { data } = await tenant.call('GET', '/api/core/accounts/5510/balance?date=2026-03-31&from=2026-03-01');
      expect(data.base.closing).toBe(posted.status === 201 ? '20.00' : '10.00');
      const snapshot = stack.outbox(tenant.id, 'finance.period_closed')[0].item.occurredAt.S;
      if (posted.status === 201) expect(posted.data.postedAt <= snapshot).toBe(true);
    }
  });

  it('that opens cannot slip behind one that closes', async () => {
    for (let round = 0; round < 5; round++) {
      const tenant = await stack.tenant();
      await post(tenant, '2026-03-01');
      const [posted, closed] = await Promise.all([post(tenant, '2026-01-15'), close(tenant, '2026-03')]);
      // Either the earlier month was there first and stands in the way, or it came too late.
      expect([posted.status, closed.status].sort()).toEqual(posted.status === 201 ? [201, 409] : [200, 409]);
    }
  });
});

describe('the year-end entry', () => {
  it('moves the result to retained earnings, repeats what is left, and leaves the income statement as it was', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2025-06-15', lines('1112', '4110', '1000'));
    await post(tenant, '2025-07-15', lines('5310', '1112', '400'));
    await post(tenant, '2025-08-15', lines('1112', '4110', '2', { currency: 'USD', rate: '535' }));
    const yearEnd = () => tenant.call('POST', `${periods}/year-end`, { fiscalYear: 2025 });
    const closing = await yearEnd();
    expect(closing).toMatchObject({
      status: 201,
      data: [{ journal: 'closing', date: '2025-12-31', status: 'posted' }],
    });
    const at = async (id: string, date = '2025-12-31') =>
      (await tenant.call('GET', `/api/core/accounts/${id}/balance?date=${date}`)).data;
    expect((await at('4110')).balances.map(({ closing: rest }: any) => rest)).toEqual(['0.00', '0.00']);
    expect((await at('5310')).base.closing).toBe('0.00');
    expect((await at('3130')).base.closing).toBe('1670.00');
    const income = async () =>
      (await tenant.call('GET', '/api/finance/reports/income-statement?from=2025-01-01&to=2025-12-31')).data.result;
    expect(await income()).toBe('1670.00');
    expect((await yearEnd()).data).toEqual([]);
    await post(tenant, '2025-12-30', lines('5510', '1112', '70'));
    expect((await yearEnd()).data).toHaveLength(1);
    expect((await at('3130')).base.closing).toBe('1600.00');
    expect(await income()).toBe('1600.00');
  });

  it('is made once by two at the same time', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2025-06-15', lines('1112', '4110', '1000'));
    const answers = await Promise.all(
      [1, 2, 3].map(() => tenant.call('POST', `${periods}/year-end`, { fiscalYear: 2025 })),
    );
    expect(answers.every(({ status }) => [201, 409].includes(status))).toBe(true);
    const { data } = await tenant.call('GET', '/api/core/accounts/3130/balance?date=2025-12-31');
    expect(data.base.closing).toBe('1000.00');
  });

  it('of many accounts closes none of them twice when a second one begins in its middle', async () => {
    const tenant = await stack.tenant();
    const codes = Array.from({ length: 60 }, (_, i) => `59${String(i).padStart(2, '0')}`);
    for (const code of codes) {
      await tenant.call('POST', '/api/core/accounts', { code, name: code, nameAr: code, type: 'expense' });
      await post(tenant, '2025-06-15', lines(code, '1112', '10'));
    }
    // The second one does all its work between the first one's first and second entry.
    const { session } = tenant;
    const begin = session.begin.bind(session);
    let entries = 0;
    vi.spyOn(session, 'begin').mockImplementation((table) => {
      const unit = begin(table);
      const commit = unit.commit.bind(unit);
      if (++entries === 2)
        unit.commit = async () => {
          expect(await closeYear(openSession(tenant.id), 2025)).toHaveLength(2);
          return commit();
        };
      return unit;
    });
    await expect(closeYear(session, 2025)).rejects.toMatchObject({ code: 'conflict' });
    for (const code of codes) {
      const { base } = (await tenant.call('GET', `/api/core/accounts/${code}/balance?date=2025-12-31`)).data;
      expect(base.closing).toBe('0.00');
    }
    const { data } = await tenant.call('GET', '/api/core/accounts/3130/balance?date=2025-12-31');
    expect(data.base.closing).toBe('-600.00');
  });

  it('needs its account and an open period', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2025-12-15', lines('1112', '4110', '1000'));
    await tenant.call('PUT', '/api/core/ledger-settings', { roles: {} });
    expect((await tenant.call('POST', `${periods}/year-end`, { fiscalYear: 2025 })).status).toBe(409);
    await tenant.call('PUT', '/api/core/ledger-settings', { roles: { 'retained-earnings': '3130' } });
    await close(tenant, '2025-12');
    expect((await tenant.call('POST', `${periods}/year-end`, { fiscalYear: 2025 })).status).toBe(409);
    expect((await tenant.call('PUT', '/api/core/ledger-settings', { roles: { suspense: 'nothing' } })).status).toBe(
      422,
    );
  });
});
