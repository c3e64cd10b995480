import { beforeAll, describe, expect, it } from 'vitest';
import { toCsv } from '../../../layers/kernel/http/csv.ts';
import { type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();
let tenant: Tenant;
const get = async (path: string) => (await tenant.call('GET', `/api/finance/reports/${path}`)).data;
const post = async (date: string, ...entryLines: [account: string, side: string, amount: string, more?: object][]) => {
  const answer = await tenant.call('POST', '/api/core/journal-entries', {
    date,
    description: 'x',
    lines: entryLines.map(([accountId, side, amount, more]) => ({ accountId, side, amount, ...more })),
    post: true,
  });
  expect(answer.status).toBe(201);
};
const dr = 'debit';
const cr = 'credit';

// A small utility's year and a quarter, worked out by hand; every figure below is on paper, not copied from the program.
beforeAll(async () => {
  tenant = await stack.tenant();
  await post('2025-01-01', ['1112', dr, '500000'], ['3110', cr, '500000']);
  await post('2025-06-30', ['1131', dr, '115000'], ['4110', cr, '100000'], ['2131', cr, '15000']);
  await post('2025-09-30', ['5110', dr, '60000'], ['1112', cr, '60000']);
  await post('2026-01-10', ['1215', dr, '120000'], ['1112', cr, '120000']);
  await post(
    '2026-01-31',
    ['1131', dr, '230000'],
    ['4110', cr, '180000'],
    ['4210', cr, '20000'],
    ['2131', cr, '30000'],
  );
  await post('2026-02-10', ['1112', dr, '200000'], ['1131', cr, '200000']);
  await post('2026-02-28', ['5310', dr, '80000'], ['2133', cr, '5000'], ['2141', cr, '75000']);
  await post('2026-03-31', ['5410', dr, '3000'], ['1291', cr, '3000']);
  // 100 USD at 535: a supplier's invoice.
  await post(
    '2026-03-31',
    ['5220', dr, '100', { currency: 'USD', rate: '535' }],
    ['2111', cr, '100', { currency: 'USD', rate: '535' }],
  );
  await post('2026-04-01', ['5510', dr, '1'], ['1111', cr, '1']);
});

describe('the trial balance', () => {
  it('is what the books say, account by account', async () => {
    const data = await get('trial-balance?from=2026-01-01&to=2026-03-31');
    expect(data).toMatchObject({ currency: 'YER', isBalanced: true, title: { ar: 'ميزان المراجعة' } });
    const rows = data.rows.map((row: any) => [
      row.accountId,
      row.openingDebit,
      row.openingCredit,
      row.debit,
      row.credit,
      row.closingDebit,
      row.closingCredit,
    ]);
    expect(rows).toEqual([
      ['1112', '440000.00', '0.00', '200000.00', '120000.00', '520000.00', '0.00'],
      ['1131', '115000.00', '0.00', '230000.00', '200000.00', '145000.00', '0.00'],
      ['1215', '0.00', '0.00', '120000.00', '0.00', '120000.00', '0.00'],
      ['1291', '0.00', '0.00', '0.00', '3000.00', '0.00', '3000.00'],
      ['2111', '0.00', '0.00', '0.00', '53500.00', '0.00', '53500.00'],
      ['2131', '0.00', '15000.00', '0.00', '30000.00', '0.00', '45000.00'],
      ['2133', '0.00', '0.00', '0.00', '5000.00', '0.00', '5000.00'],
      ['2141', '0.00', '0.00', '0.00', '75000.00', '0.00', '75000.00'],
      ['3110', '0.00', '500000.00', '0.00', '0.00', '0.00', '500000.00'],
      ['4110', '0.00', '100000.00', '0.00', '180000.00', '0.00', '280000.00'],
      ['4210', '0.00', '0.00', '0.00', '20000.00', '0.00', '20000.00'],
      ['5110', '60000.00', '0.00', '0.00', '0.00', '60000.00', '0.00'],
      ['5220', '0.00', '0.00', '53500.00', '0.00', '53500.00', '0.00'],
      ['5310', '0.00', '0.00', '80000.00', '0.00', '80000.00', '0.00'],
      ['5410', '0.00', '0.00', '3000.00', '0.00', '3000.00', '0.00'],
    ]);
    expect(data.totals).toEqual({
      openingDebit: '615000.00',
      openingCredit: '615000.00',
      debit: '686500.00',
      credit: '686500.00',
      closingDebit: '981500.00',
      closingCredit: '981500.00',
    });
  });
});

describe('the income statement', () => {
  it('shows income and expenses of the span, in groups', async () => {
    const data = await get('income-statement?from=2026-01-01&to=2026-03-31');
    const rowsOf = (section: any) => section.rows.map((row: any) => [row.accountId, row.depth, row.amount]);
    expect(rowsOf(data.income)).toEqual([
      ['4', 0, '200000.00'],
      ['41', 1, '180000.00'],
      ['4110', 2, '180000.00'],
      ['42', 1, '20000.00'],
      ['4210', 2, '20000.00'],
    ]);
    expect(rowsOf(data.expenses)).toEqual([
      ['5', 0, '136500.00'],
      ['52', 1, '53500.00'],
      ['5220', 2, '53500.00'],
      ['53', 1, '80000.00'],
      ['5310', 2, '80000.00'],
      ['54', 1, '3000.00'],
      ['5410', 2, '3000.00'],
    ]);
    expect(data).toMatchObject({
      income: { total: '200000.00', title: { en: 'Income', ar: 'الإيرادات' } },
      expenses: { total: '136500.00' },
      result: '63500.00',
    });
  });
});

describe('the balance sheet', () => {
  const sheet = {
    totalAssets: '782000.00',
    totalLiabilitiesAndEquity: '782000.00',
    isBalanced: true,
    currency: 'YER',
    liabilities: { total: '178500.00' },
    assets: { total: '782000.00' },
  };

  it('balances with the results of an open year and of earlier ones', async () => {
    const data = await get('balance-sheet?date=2026-03-31');
    expect(data).toMatchObject({
      ...sheet,
      equity: { total: '500000.00' },
      currentResult: '63500.00',
      earlierResult: '40000.00',
    });
    expect(data.assets.rows.find(({ accountId }: any) => accountId === '12').amount).toBe('117000.00');
    expect(data.assets.rows.find(({ accountId }: any) => accountId === '1290').amount).toBe('-3000.00');
  });

  it('shows the earlier result in equity after the year-end entry', async () => {
    await tenant.call('POST', '/api/core/periods/year-end', { fiscalYear: 2025 });
    expect(await get('balance-sheet?date=2026-03-31')).toMatchObject({
      ...sheet,
      equity: { total: '540000.00' },
      currentResult: '63500.00',
      earlierResult: '0.00',
    });
    expect(await get('balance-sheet?date=2025-12-31')).toMatchObject({
      totalAssets: '555000.00',
      equity: { total: '540000.00' },
      currentResult: '0.00',
      isBalanced: true,
    });
  });
});

describe('as CSV', () => {
  it('is a table with headings in the language of the reader', async () => {
    const csv = async (language: string) =>
      tenant.call('GET', '/api/finance/reports/income-statement?from=2026-01-01&to=2026-03-31&format=csv', undefined, {
        headers: { 'accept-language': language },
      });
    const english = await csv('en');
    expect(english.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="income-statement-2026-03-31.csv"',
    });
    const rows = english.text.split('\r\n');
    expect(rows[0]).toBe('\ufeffAccount,Name,Arabic name,Amount');
    expect(rows).toContain('4110,"    Energy sales, residential",مبيعات الطاقة للسكني,180000.00');
    expect(rows.at(-2)).toBe(',Result,صافي النتيجة,63500.00');
    expect((await csv('ar')).text).toContain('الحساب');
    for (const report of ['trial-balance', 'balance-sheet'])
      expect((await tenant.call('GET', `/api/finance/reports/${report}?format=csv`)).text).toContain('Account,');
  });

  it('smuggles no formula into a spreadsheet, and leaves numbers alone', () => {
    expect(toCsv([['=1+1', '@x', '-3.50', '-3+cmd', 'a"b', '+5']])).toBe(
      '\ufeff\'=1+1,\'@x,-3.50,\'-3+cmd,"a""b",+5\r\n',
    );
  });
});

describe('a kept report', () => {
  it('stays as it was, whatever is posted later', async () => {
    const path = '/api/finance/reports';
    const made = await tenant.call('POST', path, { type: 'income-statement', from: '2026-01-01', to: '2026-04-30' });
    expect(made).toMatchObject({
      status: 201,
      data: { type: 'income-statement', from: '2026-01-01', to: '2026-04-30', generatedBy: 'usr_1' },
    });
    const before = await get('income-statement?from=2026-01-01&to=2026-04-30');
    await post('2026-04-02', ['5510', dr, '5'], ['1111', cr, '5']);
    expect(await get('income-statement?from=2026-01-01&to=2026-04-30')).not.toEqual(before);
    expect((await get(made.data.id)).statement).toEqual(before);
    expect(await get('')).toEqual([made.data]);
    expect(stack.outbox(tenant.id, 'finance.report_generated').map(({ payload }) => payload)).toEqual([made.data]);
    const stranger = await stack.tenant({ hasChart: false });
    expect((await stranger.call('GET', `${path}/${made.data.id}`)).status).toBe(404);
    for (const type of ['trial-balance', 'balance-sheet'])
      expect((await tenant.call('POST', path, { type })).status).toBe(201);
    expect((await tenant.call('POST', path, { type: 'tarot' })).status).toBe(400);
  });
});

describe('reports', () => {
  it('are listed, need their permission, and refuse dates the wrong way round', async () => {
    expect((await get('types')).map(({ id }: any) => id)).toEqual([
      'trial-balance',
      'income-statement',
      'balance-sheet',
    ]);
    const path = '/api/finance/reports/trial-balance';
    expect((await tenant.call('GET', path, undefined, { permissions: ['ledger:accounts:*'] })).status).toBe(403);
    expect((await tenant.call('GET', `${path}?from=2026-02-01&to=2026-01-01`)).status).toBe(422);
    expect((await tenant.call('GET', `${path}?from=yesterday`)).status).toBe(400);
  });
});
