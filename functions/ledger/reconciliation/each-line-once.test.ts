/** Whatever people do at the same time: each line is matched once or open, never both and never neither, and every match balances. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toMinorUnits } from '../../../layers/money/money.ts';
import { lines, type Tenant, useLedgerStack } from '../test-support/ledger-stack.ts';
import { readExternalLines, readOpenLines } from './read-open-lines.ts';

const stack = useLedgerStack();
const base = '/api/core/reconciliation';
const bank = { accountId: '1112', currency: 'YER' };
const ends = ['2026-03-10', '2026-03-20', '2026-03-31'];

type Act =
  | { kind: 'post' | 'import'; amount: number; day: number }
  | { kind: 'manual'; ours: number; theirs: number }
  | { kind: 'unmatch'; choice: number }
  | { kind: 'match' | 'close' | 'reopen' | 'open' };

const amount = fc.integer({ min: 1, max: 6 });
const day = fc.integer({ min: 1, max: 31 });
const choice = fc.nat(20);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('post' as const), amount, day }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('import' as const), amount, day }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('manual' as const), ours: choice, theirs: choice }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unmatch' as const), choice }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'match' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'close' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'open' as const }) },
);
/** Each inner list happens at the same time. */
const script = fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 4, maxLength: 10 });

const dateOf = (number: number): string => `2026-03-${String(number).padStart(2, '0')}`;
const sessionsOf = async (tenant: Tenant, status: string) =>
  (await tenant.call('GET', `${base}/sessions?status=${status}`)).data as any[];

async function perform(tenant: Tenant, one: Act): Promise<number> {
  const [open] = await sessionsOf(tenant, 'open');
  const call = async (path: string, body: object) => (await tenant.call('POST', path, body)).status;
  const closed = (await sessionsOf(tenant, 'closed')).sort((a, b) => (a.to < b.to ? -1 : 1));
  if (one.kind === 'post')
    return call('/api/core/journal-entries', {
      date: dateOf(one.day),
      journal: 'general',
      description: 'x',
      post: true,
      lines: lines(bank.accountId, '1131', String(one.amount)),
    });
  if (one.kind === 'open') {
    const to = ends.find((end) => end > (closed.at(-1)?.to ?? ''));
    return to === undefined ? 0 : call(`${base}/sessions`, { ...bank, to });
  }
  if (one.kind === 'reopen')
    return closed.length === 0 ? 0 : call(`${base}/sessions/${closed.at(-1).id}/reopen`, { reason: 'x' });
  if (open === undefined) return 0;
  const sessionId = open.id;
  switch (one.kind) {
    case 'import': {
      const date = [dateOf(one.day), open.from].sort()[1]!;
      const content = `date,amount\n${date < open.to ? date : open.to},${one.amount}`;
      return call(`${base}/sessions/${sessionId}/import`, { format: 'csv', content });
    }
    case 'match':
      return call(`${base}/match`, { sessionId });
    case 'manual': {
      const { data } = await tenant.call('GET', `${base}/baskets?sessionId=${sessionId}`);
      const pick = (all: any[], at: number) => (all.length === 0 ? [] : [all[at % all.length].id]);
      const ledgerLines = pick(data.ledger.lines, one.ours);
      const externalLines = pick(data.statement.lines, one.theirs);
      const body = { sessionId, mode: 'manual', reason: 'x', difference: {}, ledgerLines, externalLines };
      return call(`${base}/match`, body);
    }
    case 'unmatch': {
      const { data } = await tenant.call('GET', `${base}/sessions/${sessionId}/matches`);
      const match = data[one.choice % Math.max(1, data.length)];
      return match === undefined ? 0 : call(`${base}/unmatch`, { sessionId, matchId: match.id, reason: 'x' });
    }
    default:
      return call(`${base}/sessions/${sessionId}/close`, {});
  }
}

async function check(tenant: Tenant): Promise<void> {
  const sessions = [...(await sessionsOf(tenant, 'open')), ...(await sessionsOf(tenant, 'closed'))];
  const found = await Promise.all(
    sessions.map(({ id }) => tenant.call('GET', `${base}/sessions/${id}/matches?limit=200`)),
  );
  const matches = found.flatMap(({ data }) => data as any[]);
  const sum = (side: any[]): bigint => side.reduce((total, line) => total + toMinorUnits(line.amount, 'YER'), 0n);
  for (const { ledgerLines, externalLines } of matches) expect(sum(ledgerLines)).toBe(sum(externalLines));

  const path = `/api/core/accounts/${bank.accountId}/transactions?from=2026-03-01&to=2026-03-31&limit=200`;
  const posted = ((await tenant.call('GET', path)).data.transactions as any[]).map(
    ({ date, entryId, line }) => `${date}.${entryId}.${line}`,
  );
  const open = (await readOpenLines(tenant.session, bank, '2026-03-31')).lines.map(({ id }) => id);
  const matched = matches.flatMap(({ ledgerLines }) => ledgerLines.map((line: any) => line.id));
  expect([...open, ...matched].sort()).toEqual(posted.sort());

  const external = await readExternalLines(tenant.session, bank, '2026-03-01', '2026-03-31');
  const matchedThere = matches.flatMap(({ externalLines }) => externalLines.map((line: any) => line.id));
  expect(
    external
      .filter(({ status }) => status === 'matched')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(matchedThere.sort());
  const reconciled = sessions.filter(({ status }) => status === 'closed');
  for (const line of external.filter(({ status }) => status === 'open'))
    expect(reconciled.some(({ from, to }) => from <= line.date && line.date <= to)).toBe(false);
}

it('each line is matched once or open, and every match balances', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(script, async (steps) => {
      const tenant = await stack.tenant();
      expect(await perform(tenant, { kind: 'open' })).toBe(201);
      for (const together of steps) {
        const statuses = await Promise.all(together.map((one) => perform(tenant, one)));
        expect(statuses.filter((status) => status >= 500)).toEqual([]);
        await check(tenant);
      }
    }),
    { numRuns: 6 },
  );
});
