import { describe, expect, it } from 'vitest';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();
const journal = '/api/core/journal-entries';

const entry = (date: string, amount = '100', more: object = {}) => ({
  date,
  description: 'Rent',
  lines: lines('5510', '1112', amount),
  ...more,
});
const post = (tenant: Tenant, date: string, amount?: string, more?: object) =>
  tenant.call('POST', journal, { ...entry(date, amount, more), post: true });
const balanceOf = async (tenant: Tenant, id: string, date: string) =>
  (await tenant.call('GET', `/api/core/accounts/${id}/balance?date=${date}&from=${date.slice(0, 4)}-01-01`)).data;

describe('a draft', () => {
  it('can be written, changed, posted and then never changed again', async () => {
    const tenant = await stack.tenant();
    const draft = await tenant.call('POST', journal, {
      ...entry('2026-03-15'),
      lines: lines('5510', '1112', '7').slice(1),
    });
    expect(draft).toMatchObject({ status: 201, data: { status: 'draft', period: '2026-03', version: 1 } });
    expect(draft.data).not.toHaveProperty('number');
    const { id } = draft.data;
    expect(await tenant.call('POST', `${journal}/${id}/post`)).toMatchObject({ status: 422 });
    expect(
      await tenant.call('PUT', `${journal}/${id}`, { lines: lines('5510', '1112', '7'), date: '2026-04-01' }),
    ).toMatchObject({ status: 200, data: { period: '2026-04', version: 2 } });
    const posted = await tenant.call('POST', `${journal}/${id}/post`);
    expect(posted).toMatchObject({
      status: 200,
      data: { id, status: 'posted', number: 1, reference: 'GEN-2026-04-000001', postedBy: 'usr_1', version: 3 },
    });
    for (const [method, path, body] of [
      ['PUT', '', { description: 'x' }],
      ['DELETE', '', undefined],
      ['POST', '/post', undefined],
    ] as const)
      expect(await tenant.call(method, `${journal}/${id}${path}`, body)).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      });
    expect((await tenant.call('GET', `${journal}/${id}`)).data).toEqual(posted.data);
  });

  it('can be deleted, and leaves nothing in any balance', async () => {
    const tenant = await stack.tenant();
    const { id } = (await tenant.call('POST', journal, entry('2026-03-15'))).data;
    expect((await tenant.call('DELETE', `${journal}/${id}`)).status).toBe(204);
    expect((await tenant.call('GET', `${journal}/${id}`)).status).toBe(404);
    expect((await balanceOf(tenant, '5510', '2026-12-31')).base.closing).toBe('0.00');
  });

  it('is posted once by many at the same time', async () => {
    const tenant = await stack.tenant();
    const { id } = (await tenant.call('POST', journal, entry('2026-03-15'))).data;
    const answers = await Promise.all(Array.from({ length: 5 }, () => tenant.call('POST', `${journal}/${id}/post`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => [200, 409, 412].includes(status))).toBe(true);
    expect((await balanceOf(tenant, '5510', '2026-12-31')).base.closing).toBe('100.00');
  });
});

describe('posting', () => {
  it.each<[string, object, RegExp]>([
    [
      'a difference of one minor unit',
      { lines: [...lines('5510', '1112', '1').slice(0, 1), ...lines('5510', '1112', '1.01').slice(1)] },
      /credits are 0.01 YER more/,
    ],
    ['one line', { lines: lines('5510', '1112', '1').slice(1) }, /at least two/],
    ['an account that does not exist', { lines: lines('9999', '1112', '1') }, /no account "9999"/],
    ['a group', { lines: lines('55', '1112', '1') }, /"55" is a group/],
    ['zero', { lines: lines('5510', '1112', '0') }, /zero/],
    ['too many decimals', { lines: lines('5510', '1112', '1.001') }, /does not fit the decimals of YER/],
    ['foreign money without a rate', { lines: lines('5510', '1112', '1', { currency: 'USD' }) }, /needs a rate/],
    [
      'currencies that balance only together',
      {
        lines: [
          { accountId: '1111', side: 'debit', amount: '535' },
          { accountId: '1112', side: 'credit', amount: '1', currency: 'USD', rate: '535' },
        ],
      },
      /does not balance/,
    ],
  ])('refuses %s', async (_, more, message) => {
    const tenant = await stack.tenant();
    const answer = await post(tenant, '2026-03-15', '1', more);
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(answer.body.detail).toMatch(message);
  });

  it.each<[string, object]>([
    ['a negative amount', { lines: lines('5510', '1112', '-1') }],
    ['a day that does not exist', { date: '2026-02-30' }],
    ['the closing journal', { journal: 'closing' }],
    ['no lines', { lines: [] }],
    ['a currency that does not exist', { lines: lines('5510', '1112', '1', { currency: 'ABC' }) }],
  ])('refuses %s as not valid', async (_, more) => {
    const tenant = await stack.tenant({ hasChart: false });
    expect(await post(tenant, '2026-03-15', '1', more)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });

  it('says what is wrong in Arabic', async () => {
    const tenant = await stack.tenant();
    const answer = await tenant.call(
      'POST',
      journal,
      { ...entry('2026-03-15'), lines: lines('9999', '1112', '1'), post: true },
      { headers: { 'accept-language': 'ar' } },
    );
    expect(answer.body.detail).toContain('لا يوجد حساب "9999"');
  });

  it('needs the permission, also when creating', async () => {
    const tenant = await stack.tenant();
    const permissions = ['ledger:journal:read', 'ledger:journal:write'];
    expect(await tenant.call('POST', journal, { ...entry('2026-03-15'), post: true }, { permissions })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect((await tenant.call('POST', journal, entry('2026-03-15'), { permissions })).status).toBe(201);
  });

  it('happens once for one idempotency key', async () => {
    const tenant = await stack.tenant();
    const headers = { 'idempotency-key': 'once' };
    const answers = [];
    for (let i = 0; i < 3; i++)
      answers.push(await tenant.call('POST', journal, { ...entry('2026-03-15'), post: true }, { headers }));
    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(1);
    expect((await balanceOf(tenant, '5510', '2026-12-31')).base.closing).toBe('100.00');
  });

  it('keeps foreign currencies and the base currency apart and balanced', async () => {
    const tenant = await stack.tenant();
    const answer = await post(tenant, '2026-03-15', '0', {
      lines: [
        { accountId: '1112', side: 'debit', amount: '100', currency: 'USD', rate: '535.255' },
        { accountId: '3110', side: 'credit', amount: '33.33', currency: 'USD', rate: '535.255' },
        { accountId: '3120', side: 'credit', amount: '66.67', currency: 'USD', rate: '535.255' },
      ],
    });
    expect(answer.status).toBe(201);
    expect(answer.data.lines.map(({ baseAmount }: any) => baseAmount)).toEqual(['53525.50', '17840.05', '35685.45']);
    const balance = await balanceOf(tenant, '1112', '2026-03-31');
    expect(balance.balances).toEqual([
      { currency: 'USD', opening: '0.00', debit: '100.00', credit: '0.00', closing: '100.00' },
    ]);
    expect(balance.base).toMatchObject({ currency: 'YER', closing: '53525.50' });
  });

  it('books a difference of rates with a line that moves the base value alone', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '2026-03-01', '0', { lines: lines('1131', '4110', '10', { currency: 'USD', rate: '530' }) });
    const paid = await post(tenant, '2026-03-15', '0', {
      lines: [
        { accountId: '1112', side: 'debit', amount: '10', currency: 'USD', rate: '540' },
        { accountId: '1131', side: 'credit', amount: '10', currency: 'USD', baseAmount: '5300' },
        { accountId: '4320', side: 'credit', amount: '0', currency: 'USD', baseAmount: '100' },
      ],
    });
    expect(paid.status).toBe(201);
    expect((await balanceOf(tenant, '1131', '2026-03-31')).base.closing).toBe('0.00');
    expect((await balanceOf(tenant, '4320', '2026-03-31')).base.closing).toBe('100.00');
  });

  it('says the limit when an entry is too large', async () => {
    const tenant = await stack.tenant();
    const many = Array.from({ length: 47 }, () => lines('5510', '1112', '1')).flat();
    const answer = await post(tenant, '2026-03-15', '1', { lines: many });
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toMatch(/100 can change together/);
    expect((await post(tenant, '2026-03-15', '1', { lines: many.slice(0, 86) })).status).toBe(201);
  });

  it('publishes the entry', async () => {
    const tenant = await stack.tenant();
    const { data } = await post(tenant, '2026-03-15');
    expect(stack.outbox(tenant.id, 'journal.posted').map(({ payload }) => payload)).toEqual([data]);
  });
});

describe('reversing', () => {
  it('takes an entry back, once, and both point at each other', async () => {
    const tenant = await stack.tenant();
    const { data: original } = await post(tenant, '2026-03-15', '100');
    const reversal = await tenant.call('POST', `${journal}/${original.id}/reverse`, { reason: 'Wrong account' });
    expect(reversal).toMatchObject({
      status: 201,
      data: { status: 'posted', date: '2026-03-15', reversalOf: original.id, reason: 'Wrong account', number: 2 },
    });
    const after = (await tenant.call('GET', `${journal}/${original.id}`)).data;
    expect(after).toEqual({ ...original, reversedBy: reversal.data.id, version: 2, updatedAt: after.updatedAt });
    expect((await balanceOf(tenant, '5510', '2026-12-31')).base).toMatchObject({
      debit: '100.00',
      credit: '100.00',
      closing: '0.00',
    });
    expect(await tenant.call('POST', `${journal}/${original.id}/reverse`, { reason: 'again' })).toMatchObject({
      status: 409,
    });
    expect(stack.outbox(tenant.id, 'journal.reversed')).toHaveLength(1);
  });

  it('happens once among many at the same time', async () => {
    const tenant = await stack.tenant();
    const { data: original } = await post(tenant, '2026-03-15', '100');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => tenant.call('POST', `${journal}/${original.id}/reverse`, { reason: 'race' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect((await balanceOf(tenant, '5510', '2026-12-31')).base.closing).toBe('0.00');
  });

  it('works on accounts that were deactivated since, and not on drafts', async () => {
    const tenant = await stack.tenant();
    const { data: original } = await post(tenant, '2026-03-15', '100');
    await tenant.call('PUT', '/api/core/accounts/5510', { isActive: false });
    expect((await post(tenant, '2026-03-15', '100')).status).toBe(422);
    expect((await tenant.call('POST', `${journal}/${original.id}/reverse`, { reason: 'r' })).status).toBe(201);
    const { data: draft } = await tenant.call('POST', journal, entry('2026-03-16'));
    expect((await tenant.call('POST', `${journal}/${draft.id}/reverse`, { reason: 'r' })).status).toBe(409);
  });
});

describe('the list', () => {
  it('goes by date over all journals, with filters and pages', async () => {
    const tenant = await stack.tenant();
    const dates = ['2026-02-10', '2026-03-01', '2026-03-31', '2026-04-02'];
    for (const [i, date] of dates.entries())
      await post(tenant, date, '10', { journal: i % 2 === 0 ? 'general' : 'sales' });
    await tenant.call('POST', journal, entry('2026-03-05'));
    const list = async (query: string) => (await tenant.call('GET', `${journal}?${query}`)).body;
    const datesOf = ({ data }: any) => data.map(({ date }: any) => date);
    expect(datesOf(await list('order=asc'))).toEqual([...dates.slice(0, 2), '2026-03-05', ...dates.slice(2)]);
    expect(datesOf(await list('status=posted&period=2026-03'))).toEqual(['2026-03-31', '2026-03-01']);
    expect(datesOf(await list('journal=sales&order=asc'))).toEqual(['2026-03-01', '2026-04-02']);
    expect(datesOf(await list('from=2026-05-01&to=2026-01-01'))).toEqual([]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: any = await list(`limit=2&from=2026-03-01${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...datesOf(page));
      cursor = page.pagination.nextCursor;
    }
    expect(seen).toEqual(['2026-04-02', '2026-03-31', '2026-03-05', '2026-03-01']);
  });

  it('shows nothing of another tenant', async () => {
    const [north, south] = [await stack.tenant(), await stack.tenant()];
    const { data } = await post(north, '2026-03-15');
    expect((await south.call('GET', `${journal}/${data.id}`)).status).toBe(404);
    expect((await south.call('POST', `${journal}/${data.id}/reverse`, { reason: 'r' })).status).toBe(404);
    expect((await south.call('GET', journal)).data).toEqual([]);
    expect((await balanceOf(south, '5510', '2026-12-31')).base.closing).toBe('0.00');
  });
});
