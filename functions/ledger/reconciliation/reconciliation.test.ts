import { describe, expect, it } from 'vitest';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';

const stack = useLedgerStack();
const bank = '1112';
const base = '/api/core/reconciliation';

/** Positive: money into the bank. */
async function post(tenant: Tenant, amount: string, date: string, externalReference?: string, account = bank) {
  const isOut = amount.startsWith('-');
  const answer = await tenant.call('POST', '/api/core/journal-entries', {
    date,
    journal: 'general',
    description: 'x',
    externalReference,
    post: true,
    lines: isOut ? lines('5540', account, amount.slice(1)) : lines(account, '1131', amount),
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.data;
}

async function open(tenant: Tenant, more: object = {}) {
  const answer = await tenant.call('POST', `${base}/sessions`, { accountId: bank, to: '2026-03-31', ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.data;
}

const csv = (...rows: string[]) => ['date,amount,reference', ...rows].join('\n');
const importCsv = (tenant: Tenant, id: string, ...rows: string[]) =>
  tenant.call('POST', `${base}/sessions/${id}/import`, { format: 'csv', content: csv(...rows) });
const basket = async (tenant: Tenant, id: string) => (await tenant.call('GET', `${base}/baskets?sessionId=${id}`)).data;
const match = (tenant: Tenant, sessionId: string, more: object = {}) =>
  tenant.call('POST', `${base}/match`, { sessionId, ...more });
const manual = (tenant: Tenant, sessionId: string, ledgerLines: string[], externalLines: string[], more: object = {}) =>
  match(tenant, sessionId, { mode: 'manual', reason: 'checked', ledgerLines, externalLines, ...more });
const close = (tenant: Tenant, id: string, body: object = {}) =>
  tenant.call('POST', `${base}/sessions/${id}/close`, body);

describe('a statement', () => {
  it('is imported once, however often; equal transactions of a day stay two', async () => {
    const tenant = await stack.tenant();
    const { id } = await open(tenant);
    const rows = ['2026-03-02,5,A1', '2026-03-02,5,A1', '2026-03-03,-7,'];
    expect((await importCsv(tenant, id, ...rows)).data).toEqual({ read: 3, imported: 3, duplicates: 0 });
    const again = await Promise.all([1, 2, 3].map(() => importCsv(tenant, id, ...rows, '2026-03-04,9,')));
    expect(again.map(({ data }) => data.imported).sort()).toEqual([0, 0, 1]);
    const { data } = await tenant.call('GET', `${base}/sessions/${id}/lines`);
    expect(data.map(({ amount }: any) => amount)).toEqual(['5.00', '5.00', '-7.00', '9.00']);
  });

  it('that tells parts of a sum which came without them before has nothing new', async () => {
    const tenant = await stack.tenant();
    const { id } = await open(tenant);
    const amount = (value: string) => `<Amt Ccy="YER">${value}</Amt>`;
    const take = async (own: string, ...parts: string[]) => {
      const details = parts.map((part) => `<TxDtls><Refs/>${part}</TxDtls>`).join('');
      const content = `<Document><BkToCstmrStmt><Stmt><Ntry>${amount('50')}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
        <BookgDt><Dt>2026-03-12</Dt></BookgDt><AcctSvcrRef>${own}</AcctSvcrRef><NtryDtls>${details}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`;
      return (await tenant.call('POST', `${base}/sessions/${id}/import`, { format: 'camt053', content })).data;
    };
    const parts = [amount('20'), amount('30')];
    expect(await take('B9', '', '')).toEqual({ read: 1, imported: 1, duplicates: 0 });
    expect(await take('B9', ...parts)).toEqual({ read: 2, imported: 0, duplicates: 2 });
    expect(await take('B10', ...parts)).toEqual({ read: 2, imported: 2, duplicates: 0 });
  });

  it('with wrong lines is not imported, and each is named in the reader’s language', async () => {
    const tenant = await stack.tenant();
    const { id } = await open(tenant);
    const answer = await importCsv(tenant, id, '2026-03-02,5,', '2026-04-01,5,', '2026-03-04,five,');
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ message }: any) => message)).toEqual([
      'Line 3: 2026-04-01 is not within 2026-03-01 to 2026-03-31.',
      'Line 4: "five" is no amount in YER.',
    ]);
    const arabic = await tenant.call(
      'POST',
      `${base}/sessions/${id}/import`,
      { format: 'mt940', content: 'nothing' },
      { headers: { 'accept-language': 'ar' } },
    );
    expect(arabic.body.errors[0].message).toMatch(/^السطر 1/);
    expect((await basket(tenant, id)).statement.count).toBe(0);
  });
});

describe('matching', () => {
  it('automatically takes what is sure, announces the rest once, and each line only once', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02', 'INV-1');
    await post(tenant, '250', '2026-03-05');
    for (const amount of ['11', '13', '17']) await post(tenant, amount, '2026-03-10');
    await post(tenant, '40', '2026-03-11', 'PAY-9');
    await post(tenant, '-40', '2026-03-12', 'PAY-9');
    const { id } = await open(tenant);
    const rows = ['2026-03-20,100,inv 1', '2026-03-06,250,', '2026-03-12,41,', '2026-03-15,999,'];
    await importCsv(tenant, id, ...rows);
    const before = await basket(tenant, id);
    expect(before.proposals.map(({ strategy }: any) => strategy)).toEqual([
      'contra',
      'reference',
      'amount_date',
      'many_to_one',
    ]);
    const answers = await Promise.all([match(tenant, id), match(tenant, id), match(tenant, id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.reduce((sum, { data }) => sum + data.matched, 0)).toBe(4);
    const after = await basket(tenant, id);
    expect([after.ledger.count, after.statement.count, after.statement.sum]).toEqual([0, 1, '999.00']);
    const matches = (await tenant.call('GET', `${base}/sessions/${id}/matches`)).data as any[];
    const matched = matches.flatMap(({ ledgerLines }) => ledgerLines.map((line: any) => line.id));
    expect([matched.length, new Set(matched).size]).toEqual([7, 7]);
    expect(stack.outbox(tenant.id, 'finance.reconciliation_mismatch').map(({ payload }) => payload)).toEqual([
      { sessionId: id, accountId: bank, currency: 'YER', kind: 'unmatched_lines', count: 1, amount: '999.00' },
    ]);
  });

  it('by hand at the same time matches a line once', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    const { id } = await open(tenant);
    await importCsv(tenant, id, '2026-03-20,100,a', '2026-03-21,100,b');
    const { ledger, statement, suggestions } = await basket(tenant, id);
    expect(suggestions).toHaveLength(2);
    const answers = await Promise.all(
      statement.lines.map((line: any) => manual(tenant, id, [ledger.lines[0].id], [line.id])),
    );
    expect(answers.map(({ status }: any) => status).sort()).toEqual([200, 409]);
    const after = await basket(tenant, id);
    expect([after.ledger.count, after.statement.count]).toEqual([0, 1]);
    expect((await manual(tenant, id, [ledger.lines[0].id], [after.statement.lines[0].id])).status).toBe(409);
  });

  it('books a difference only when told where, in the match’s own transaction', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    const { id } = await open(tenant);
    await importCsv(tenant, id, '2026-03-20,97.5,', '2026-03-21,-3,');
    const { ledger, statement } = await basket(tenant, id);
    const [short, fee] = statement.lines.map((line: any) => line.id);
    const refusal = await manual(tenant, id, [ledger.lines[0].id], [short]);
    expect([refusal.status, refusal.body.detail]).toEqual([422, expect.stringMatching(/-2\.50 YER more/)]);
    const booked = await manual(tenant, id, [ledger.lines[0].id], [short], { difference: {} });
    expect(booked.data.matches[0]).toMatchObject({ difference: '-2.50', ledgerLines: [{}, { amount: '-2.50' }] });
    const entry = await tenant.call('GET', `/api/core/journal-entries/${booked.data.matches[0].differenceEntryId}`);
    expect(entry.data).toMatchObject({
      journal: 'reconciliation',
      date: '2026-03-20',
      source: { type: 'reconciliation', aggregateId: id },
      lines: [
        { accountId: bank, side: 'credit', amount: '2.50' },
        { accountId: '2191', side: 'debit', amount: '2.50' },
      ],
    });
    expect((await manual(tenant, id, [], [fee], { difference: { accountId: '5530' } })).status).toBe(200);
    expect((await tenant.call('GET', '/api/core/accounts/5530/balance?date=2026-03-31')).data.base.closing).toBe(
      '3.00',
    );
    const checks = (await tenant.call('GET', `${base}/sessions/${id}/checks`)).data;
    expect(checks).toMatchObject({ canClose: true, ledgerBalance: '94.50', openLedgerLines: 0 });
  });

  it('can be taken back with a reason while the session is open', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    const { id } = await open(tenant);
    await importCsv(tenant, id, '2026-03-02,100,');
    const [made] = (await match(tenant, id)).data.matches;
    const undo = () => tenant.call('POST', `${base}/unmatch`, { sessionId: id, matchId: made.id, reason: 'wrong' });
    expect((await undo()).status).toBe(200);
    expect((await undo()).status).toBe(404);
    const after = await basket(tenant, id);
    expect([after.ledger.count, after.statement.count]).toEqual([1, 1]);
    expect((await match(tenant, id)).data.matched).toBe(1);
    await close(tenant, id);
    expect((await undo()).status).toBe(409);
  });

  it('refuses lines of other accounts, unknown lines and half requests', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02', undefined, '1111');
    const { id } = await open(tenant);
    const cash = await open(tenant, { accountId: '1111' });
    const [line] = (await basket(tenant, cash.id)).ledger.lines;
    expect((await manual(tenant, id, [line.id], [])).status).toBe(422);
    expect((await manual(tenant, id, ['x'], [])).status).toBe(422);
    expect((await manual(tenant, id, [], [])).status).toBe(422);
    expect((await match(tenant, id, { mode: 'manual', ledgerLines: [line.id] })).status).toBe(400);
    expect((await match(tenant, id, { ledgerLines: [line.id] })).status).toBe(400);
  });
});

describe('a session', () => {
  it('closes when its checks hold, and carries what is open to the next', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    await post(tenant, '-30', '2026-03-28', 'CHQ-1');
    const march = await open(tenant, { openingBalance: '0', closingBalance: '100' });
    expect((await tenant.call('POST', `${base}/sessions`, { accountId: bank, to: '2026-04-30' })).status).toBe(409);
    await importCsv(tenant, march.id, '2026-03-02,100,', '2026-03-31,1,');
    await match(tenant, march.id);
    const refusal = await close(tenant, march.id, { acceptedDifference: 'whatever' });
    expect([refusal.status, refusal.body.detail]).toEqual([409, expect.stringMatching(/lines are open: 1/)]);
    const { statement } = await basket(tenant, march.id);
    await manual(tenant, march.id, [], [statement.lines[0].id], { difference: { accountId: '4330' } });
    const { problems, unexplained } = (await tenant.call('GET', `${base}/sessions/${march.id}/checks`)).data;
    expect(problems.map(({ check }: any) => check)).toEqual(['incomplete_statement', 'balance_difference']);
    expect(unexplained).toBe('-1.00');
    await tenant.call('PUT', `${base}/sessions/${march.id}`, { closingBalance: '101' });
    const closings = await Promise.all([close(tenant, march.id), close(tenant, march.id)]);
    expect(closings.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await match(tenant, march.id)).status).toBe(409);

    const april = await open(tenant, { to: '2026-04-30', openingBalance: '101', closingBalance: '71' });
    expect(april.from).toBe('2026-04-01');
    expect((await basket(tenant, april.id)).ledger.lines).toMatchObject([
      { amount: '-30.00', isCarried: true, ageDays: 33 },
    ]);
    await importCsv(tenant, april.id, '2026-04-03,-30,chq1');
    const [made] = (await match(tenant, april.id)).data.matches;
    // Taken back and matched again, a carried line is still a carried line.
    await tenant.call('POST', `${base}/unmatch`, { sessionId: april.id, matchId: made.id, reason: 'x' });
    expect((await basket(tenant, april.id)).ledger.lines).toMatchObject([{ amount: '-30.00', isCarried: true }]);
    expect((await match(tenant, april.id)).data.matched).toBe(1);
    expect((await close(tenant, april.id)).status).toBe(200);
    expect((await tenant.call('GET', `${base}/sessions?status=closed`)).data).toHaveLength(2);
  });

  it('finds what is posted later into days that are reconciled', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    const march = await open(tenant);
    await importCsv(tenant, march.id, '2026-03-02,100,');
    await match(tenant, march.id);
    await close(tenant, march.id);
    await post(tenant, '55', '2026-03-15');
    const april = await open(tenant, { to: '2026-04-30' });
    expect((await basket(tenant, april.id)).ledger.lines).toMatchObject([{ date: '2026-03-15', amount: '55.00' }]);
  });

  it('closes over a difference with a reason only, says so, and the last one opens again', async () => {
    const tenant = await stack.tenant();
    await post(tenant, '100', '2026-03-02');
    const { id } = await open(tenant, { closingBalance: '90' });
    expect((await close(tenant, id)).status).toBe(409);
    const closed = await close(tenant, id, { acceptedDifference: 'opening balance unknown' });
    expect(closed.data).toMatchObject({ status: 'closed', acceptedDifference: 'opening balance unknown' });
    expect(stack.outbox(tenant.id, 'finance.reconciliation_mismatch')[0].payload).toMatchObject({
      kind: 'balance_difference',
      amount: '90.00',
    });
    const reopen = () => tenant.call('POST', `${base}/sessions/${id}/reopen`, { reason: 'late statement' });
    expect((await reopen()).data).toMatchObject({ status: 'open', reopenReason: 'late statement' });
    expect((await reopen()).status).toBe(409);
    expect((await basket(tenant, id)).ledger.count).toBe(1);
    expect((await tenant.call('GET', `${base}/sessions/${id}/history`)).data.length).toBeGreaterThanOrEqual(3);
  });

  it('is opened once by two at the same time, and never over days that are reconciled', async () => {
    const tenant = await stack.tenant();
    const create = (more: object = {}) =>
      tenant.call('POST', `${base}/sessions`, { accountId: bank, to: '2026-03-31', ...more });
    const answers = await Promise.all([create(), create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    await close(tenant, answers.find(({ status }) => status === 201)!.data.id);
    expect((await create({ from: '2026-03-31', to: '2026-04-01' })).status).toBe(409);
    expect((await create({ accountId: '11' })).status).toBe(422);
    expect((await create({ accountId: 'none' })).status).toBe(404);
    expect((await create({ to: '1999-01-01' })).status).toBe(400);
  });

  it('of one tenant is nobody else’s, and needs permission', async () => {
    const [north, south] = [await stack.tenant(), await stack.tenant()];
    await post(north, '100', '2026-03-02');
    const { id } = await open(north);
    await importCsv(north, id, '2026-03-02,100,');
    const { ledger, statement } = await basket(north, id);
    const own = await open(south);
    for (const path of [
      `/sessions/${id}`,
      `/sessions/${id}/lines`,
      `/sessions/${id}/checks`,
      `/baskets?sessionId=${id}`,
    ])
      expect((await south.call('GET', base + path)).status, path).toBe(404);
    expect((await match(south, id)).status).toBe(404);
    expect((await importCsv(south, id, '2026-03-02,1,')).status).toBe(404);
    expect((await manual(south, own.id, [ledger.lines[0].id], [])).status).toBe(422);
    expect((await manual(south, own.id, [], [statement.lines[0].id])).status).toBe(422);
    expect((await south.call('GET', `${base}/sessions`)).data.map((one: any) => one.id)).toEqual([own.id]);
    const read = { permissions: ['ledger:reconciliation:read'] };
    expect((await north.call('POST', `${base}/match`, { sessionId: id }, read)).status).toBe(403);
    expect(
      (await north.call('GET', `${base}/sessions`, undefined, { permissions: ['ledger:accounts:read'] })).status,
    ).toBe(403);
  });
});
