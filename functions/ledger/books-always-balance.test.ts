/** Whatever happens in whatever order and by however many at once: debits equal credits, balances are the sums of their lines, numbers have no gaps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMinorUnits } from '../../layers/money/money.ts';
import { lines, type Tenant, useLedgerStack } from './test-support/ledger-stack.ts';

const stack = useLedgerStack();
const accounts = ['1111', '1112', '1131', '2111', '3110', '3130', '4110', '5310'];
const months = ['2025-01', '2025-02', '2025-03'];
const journals = ['general', 'sales'];

type Action =
  | { kind: 'post'; debit: string; credit: string; amount: string; date: string; journal: string; isForeign: boolean }
  | { kind: 'reverse'; choice: number }
  | { kind: 'close' | 'reopen'; month: string }
  | { kind: 'year-end' };

const account = fc.constantFrom(...accounts);
const month = fc.constantFrom(...months);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      debit: account,
      credit: account,
      amount: fc
        .bigInt({ min: 1n, max: 10n ** 17n })
        .map((minor) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`),
      date: fc.tuple(month, fc.integer({ min: 1, max: 28 })).map(([m, day]) => `${m}-${String(day).padStart(2, '0')}`),
      journal: fc.constantFrom(...journals),
      isForeign: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reverse' as const), choice: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'reopen' as const), month }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'year-end' as const }) },
);

/** Each inner list happens at the same time. */
const script = fc.array(fc.array(action, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

async function perform(tenant: Tenant, act: Action, posted: string[]): Promise<void> {
  const journal = '/api/core/journal-entries';
  const answer = await (() => {
    switch (act.kind) {
      case 'post': {
        const money = act.isForeign ? { currency: 'USD', rate: '535.255' } : {};
        const body = { date: act.date, journal: act.journal, description: 'x', post: true };
        return tenant.call('POST', journal, { ...body, lines: lines(act.debit, act.credit, act.amount, money) });
      }
      case 'reverse': {
        const id = posted[act.choice % Math.max(1, posted.length)];
        return id === undefined ? undefined : tenant.call('POST', `${journal}/${id}/reverse`, { reason: 'x' });
      }
      case 'year-end':
        return tenant.call('POST', '/api/core/periods/year-end', { fiscalYear: 2025 });
      default:
        return tenant.call('POST', `/api/core/periods/${act.month}/${act.kind}`, { reason: 'x' });
    }
  })();
  if (answer === undefined) return;
  // A refusal says why; nothing ever breaks.
  expect([200, 201, 404, 409, 422], answer.text).toContain(answer.status);
  if (answer.status === 201 && act.kind !== 'year-end') posted.push(answer.data.id);
}

/** Everything recomputed from the entries alone, in the simplest way there is. */
async function verify(tenant: Tenant): Promise<void> {
  const entries: any[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: any = await tenant.call(
      'GET',
      `/api/core/journal-entries?status=posted&limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    entries.push(...body.data);
    cursor = body.pagination.nextCursor;
  }
  const numbers = Map.groupBy(entries, ({ journal, period }) => `${journal} ${period}`);
  for (const [series, own] of numbers)
    expect(
      own.map(({ number }) => number).sort((a, b) => a - b),
      series,
    ).toEqual(own.map((_, i) => i + 1));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const { id, reversedBy, reversalOf } of entries) {
    if (reversedBy !== undefined) expect(byId.get(reversedBy)?.reversalOf).toBe(id);
    if (reversalOf !== undefined) expect(byId.get(reversalOf)?.reversedBy).toBe(id);
  }
  for (const date of ['2025-01-14', '2025-02-28', '2025-12-31']) {
    for (const id of accounts) {
      const sums = new Map<string, bigint>();
      for (const entry of entries.filter((one) => one.date <= date))
        for (const line of entry.lines.filter(({ accountId }: any) => accountId === id))
          for (const [currency, amount] of [
            [line.currency, line.amount],
            ['base', line.baseAmount],
          ] as const) {
            const minor = toMinorUnits(amount, currency === 'base' ? 'YER' : currency);
            sums.set(currency, (sums.get(currency) ?? 0n) + (line.side === 'debit' ? minor : -minor));
          }
      const { data } = await tenant.call('GET', `/api/core/accounts/${id}/balance?date=${date}&from=2025-01-01`);
      const sign = data.normalSide === 'debit' ? 1n : -1n;
      for (const { currency, closing } of [...data.balances, { ...data.base, currency: 'base' }])
        expect(toMinorUnits(closing, currency === 'base' ? 'YER' : currency) * sign, `${id} ${currency} ${date}`).toBe(
          sums.get(currency) ?? 0n,
        );
    }
    const trial = (await tenant.call('GET', `/api/finance/reports/trial-balance?from=2025-01-01&to=${date}`)).data;
    expect(trial.isBalanced).toBe(true);
    const sheet = (await tenant.call('GET', `/api/finance/reports/balance-sheet?date=${date}`)).data;
    expect(sheet.isBalanced).toBe(true);
  }
  const listed = (
    await tenant.call('GET', '/api/core/accounts/1111/transactions?from=2025-01-01&to=2025-12-31&limit=200')
  ).data;
  if (listed.nextCursor === null && listed.transactions.length > 0)
    expect(listed.transactions.at(-1).balance).toBe(listed.closing);
}

describe('the books', () => {
  it('balance after any sequence of posts, reversals, closes, reopens and year-ends by concurrent writers', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (rounds) => {
        const tenant = await stack.tenant();
        const posted: string[] = [];
        for (const round of rounds) await Promise.all(round.map((act) => perform(tenant, act, posted)));
        await verify(tenant);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it('balance when many write to the same accounts at once, and nobody’s entry is lost', async () => {
    const tenant = await stack.tenant();
    const posted: string[] = [];
    const act = (i: number): Action => ({
      kind: 'post',
      debit: '1111',
      credit: '4110',
      amount: `${i}.07`,
      date: '2025-03-05',
      journal: 'general',
      isForeign: false,
    });
    for (let i = 0; i < 4; i++)
      await Promise.all(Array.from({ length: 8 }, (_, j) => perform(tenant, act(i * 8 + j + 1), posted)));
    expect(posted.length).toBe(32);
    await verify(tenant);
  });

  it('balance when DynamoDB cancels transactions now and then', async () => {
    const tenant = await stack.tenant();
    const posted: string[] = [];
    stack.tables.dynamodb.faults.use([{ point: 'dynamodb.transaction-conflict', probability: 0.05, limit: 60 }]);
    const post = (i: number): Action => ({
      kind: 'post',
      debit: accounts[i % 3]!,
      credit: '3110',
      amount: `${i + 1}`,
      date: `2025-0${(i % 3) + 1}-10`,
      journal: journals[i % 2]!,
      isForeign: i % 2 === 0,
    });
    for (let round = 0; round < 4; round++) {
      const acts: Action[] = [post(round), post(round + 1), post(round + 2), { kind: 'reverse', choice: round }];
      await Promise.all(acts.map((act) => perform(tenant, act, posted)));
    }
    expect(stack.tables.dynamodb.faults.injected('dynamodb.transaction-conflict')).toBeGreaterThan(0);
    stack.tables.dynamodb.faults.clear();
    await verify(tenant);
  });
});
