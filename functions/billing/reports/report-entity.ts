/** A report over all customers, and how far each part of the walk over them has come: it can stop anywhere and go on. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { ReportOrder } from './report-schema.ts';

export type Report = ReportOrder & {
  id: string;
  /** How many parts work on it side by side. */
  parts: number;
};

export const reportEntity = defineEntity<Report>()({
  name: 'billing report',
  table: 'billing',
  key: ({ id }) => ({ pk: ['REPORT', id], sk: ['REPORT'] }),
  idOf: ({ id }) => id,
});

export interface ReportPart {
  reportId: string;
  part: number;
  /** Pages done; a message for another page is late or repeated. */
  page: number;
  cursor?: string;
  customers: number;
  /** Sums so far by `totals.ts`'s keys: decimal text, since rows hold no bigint. */
  totals: Record<string, string>;
  done: boolean;
}

export const reportPartEntity = defineEntity<ReportPart, Pick<ReportPart, 'reportId' | 'part'>>()({
  name: 'part of a billing report',
  table: 'billing',
  key: ({ reportId, part }) => ({ pk: ['REPORT', reportId], sk: ['PART', part] }),
  idOf: ({ reportId, part }) => `${reportId}/${part}`,
});
