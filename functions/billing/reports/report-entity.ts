/** A report over all customers, and how far each part of the walk over them has come: it can stop anywhere and go on. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { addDays } from '../../../layers/tariff/calendar.ts';
import { expiryOf, type Kept } from './report-retention.ts';
import type { ReportOrder } from './report-schema.ts';
import type { Debtor } from './top-debtors.ts';

export type Report = ReportOrder &
  Kept & {
    id: string;
    /** Of an ageing: last days of its buckets. */
    ageingDays?: number[];
    /** How many parts work on it side by side. */
    parts: number;
    /** Parts that came to their end: counted in the transaction of the last page of each. */
    partsDone?: number;
  };

export const reports: KeyParts = ['REPORTS'];
/** Reports an overview is made of: collection rates of whole months, by month, and ages of all debt, by day. */
export const monthlyReports: KeyParts = ['REPORTS-OF-MONTHS'];
export const ageingReports: KeyParts = ['REPORTS-OF-AGES'];

export const reportEntity = defineEntity<Report>()({
  name: 'billing report',
  table: 'billing',
  key: ({ id }) => ({ pk: ['REPORT', id], sk: ['REPORT'] }),
  indexes: {
    gsi1: ({ id }) => ({ pk: reports, sk: [id] }),
    gsi2: (report) => {
      if ([report.routeId, report.by, report.per].some((own) => own !== undefined)) return undefined;
      if (report.kind === 'ageing') return { pk: ageingReports, sk: [report.asOf, report.id] };
      return report.kind === 'collection_rate' && isWholeMonth(report)
        ? { pk: monthlyReports, sk: [report.from.slice(0, 7), report.id] }
        : undefined;
    },
  },
  idOf: ({ id }) => id,
  expiresAt: expiryOf,
});

const isWholeMonth = ({ from, to }: { from: string; to: string }): boolean =>
  from.endsWith('-01') && to.startsWith(from.slice(0, 7)) && addDays(to, 1).endsWith('-01');

export interface ReportPart extends Kept {
  reportId: string;
  part: number;
  /** Pages done; a message for another page is late or repeated. */
  page: number;
  cursor?: string;
  customers: number;
  /** Sums so far by `totals.ts`'s keys: decimal text, since rows hold no bigint. */
  totals: Record<string, string>;
  /** Of a report on debtors: the largest so far. */
  debtors?: Debtor[];
  done: boolean;
}

export const reportPartEntity = defineEntity<ReportPart, Pick<ReportPart, 'reportId' | 'part'>>()({
  name: 'part of a billing report',
  table: 'billing',
  key: ({ reportId, part }) => ({ pk: ['REPORT', reportId], sk: ['PART', part] }),
  idOf: ({ reportId, part }) => `${reportId}/${part}`,
  expiresAt: expiryOf,
});

export async function readParts(session: TenantSession, id: string): Promise<(ReportPart & Stored)[]> {
  const { items } = await session.query<ReportPart & Stored>(reportPartEntity, {
    pk: ['REPORT', id],
    beginsWith: ['PART'],
    limit: 100,
    consistent: true,
  });
  return items;
}
