/**
 * Reports that are kept as they were handed in: what is posted or reopened later does not change them. The content is
 * compressed, since a trial balance of some thousand accounts passes the 400 KB of an item.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type * as z from 'zod/mini';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { Page, TenantSession } from '../../../layers/kernel/data/session.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { reportGenerated } from '../events.ts';
import { makeBalanceSheet, makeIncomeStatement, makeTrialBalance } from './make-statement.ts';
import type { keptReportSchema, ReportType } from './report-schema.ts';

export interface KeptReport extends z.infer<typeof keptReportSchema> {
  /** The statement as JSON text, compressed with gzip, in base 64. */
  content: string;
}

const keptReportEntity = defineEntity<KeptReport>()({
  name: 'finance report',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['REPORT', id], sk: ['REPORT'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['REPORTS'], sk: [id] }) },
  idOf: ({ id }) => id,
  // Its content never changes, and an audit record should not repeat it.
  secretAttributes: ['content'],
});

export async function keepReport(
  session: TenantSession,
  type: ReportType,
  dates: { from?: string | undefined; to?: string | undefined },
): Promise<z.infer<typeof keptReportSchema> & Stored> {
  const view = await statementOf(session, type, dates);
  const span = 'date' in view ? { to: view.date } : { from: view.from, to: view.to };
  const report: KeptReport = {
    id: newId('frp'),
    type,
    ...span,
    currency: view.currency,
    generatedAt: session.context.now(),
    generatedBy: session.context.actor?.id ?? 'system',
    content: gzipSync(JSON.stringify(view)).toString('base64'),
  };
  return session.transact('ledger', (unit) => {
    const { content: _, ...kept } = unit.create(keptReportEntity, report);
    unit.emit(reportGenerated, { aggregateId: kept.id, payload: kept });
    return kept;
  });
}

export async function readReport(session: TenantSession, id: string) {
  const { content, ...kept } = await session.require(keptReportEntity, { id });
  return { ...kept, statement: JSON.parse(gunzipSync(Buffer.from(content, 'base64')).toString('utf8')) };
}

export async function listReports(
  session: TenantSession,
  page: { limit: number; cursor: string | undefined },
): Promise<Page<z.infer<typeof keptReportSchema> & Stored>> {
  const { items, nextCursor } = await session.query<KeptReport & Stored>(keptReportEntity, {
    index: 'gsi1',
    pk: ['REPORTS'],
    order: 'descending',
    ...page,
  });
  return { items: items.map(({ content: _, ...kept }) => kept), nextCursor };
}

async function statementOf(
  session: TenantSession,
  type: ReportType,
  dates: { from?: string | undefined; to?: string | undefined },
) {
  switch (type) {
    case 'trial-balance':
      return (await makeTrialBalance(session, dates)).view;
    case 'income-statement':
      return (await makeIncomeStatement(session, dates)).view;
    case 'balance-sheet':
      return (await makeBalanceSheet(session, dates.to)).view;
    default:
      return type satisfies never;
  }
}
