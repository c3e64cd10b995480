/** Where an account's totals are kept, and how all of them up to a date are read: one query, whatever the number of lines. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { TotalsRow } from '../../../layers/ledger/totals.ts';

/** Postings to one account in one month are spread over so many rows, so that they seldom meet. */
export const totalsShards = 4;

type TotalsKey = Pick<TotalsRow, 'accountId' | 'month' | 'currency' | 'kind' | 'shard'>;

export const totalsEntity = defineEntity<TotalsRow, TotalsKey>()({
  name: 'account totals',
  table: 'ledger',
  key: ({ accountId, month, currency, kind, shard }) => ({
    pk: ['TOTALS', accountId],
    sk: [month, currency, kind, shard],
  }),
  idOf: ({ accountId, month }) => `${accountId} ${month}`,
});

/** @param upTo last month to read, e.g. `2026-03` */
export async function readTotals(session: TenantSession, accountId: string, upTo: string): Promise<TotalsRow[]> {
  const rows: TotalsRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await session.query<TotalsRow>(totalsEntity, {
      pk: ['TOTALS', accountId],
      // Every character of the parts that follow a month sorts before "~".
      to: [upTo, '~'],
      limit: 5000,
      cursor,
      consistent: true,
    });
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
