/** A loss report: its order, the meters it was planned with, how far each part of the walk over them has come, and what was found. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { KeyParts } from '../../../layers/kernel/data/keys.ts';
import { expiryOf, type Kept } from '../reports/report-retention.ts';
import type { Period } from './area-meters.ts';
import type { LossArea } from './loss-area-entity.ts';
import type { LossLine, LossReportOrder } from './loss-report-schema.ts';
import type { Nesting } from './nested-areas.ts';

/** An area as it was when its meters were looked up. */
export interface PlannedArea
  extends Pick<LossArea, 'id' | 'name' | 'kind' | 'technicalLossPercent' | 'parentId'>,
    Nesting {
  metersFrom: 'assignments' | 'network';
  /** For each row of days. */
  daysWithoutInput: number[];
  /** Taken without a meter on each row of days: millionths of a kWh, as text. */
  unmetered?: string[];
}

export interface LossReport extends Omit<LossReportOrder, 'areaIds'>, Kept {
  id: string;
  /** What was found at each meter, and the work that is left, goes before the sums do. */
  linesKeptUntil?: string;
  areaIds: string[];
  failure?: 'area_gone' | 'too_many_meters';
  /** There once meters are looked up. */
  plan?: { id: string; pages: number; meters: number; parts: number; areas: PlannedArea[] };
  /** Parts of the walk that came to their end: counted in the transaction of the last page of each. */
  partsDone?: number;
}

export const lossReports: KeyParts = ['LOSS-REPORTS'];

export const lossReportEntity = defineEntity<LossReport>()({
  name: 'loss report',
  table: 'billing',
  key: ({ id }) => ({ pk: ['LOSS-REPORT', id], sk: ['REPORT'] }),
  indexes: { gsi1: ({ id }) => ({ pk: lossReports, sk: [id] }) },
  idOf: ({ id }) => id,
  expiresAt: expiryOf,
});

export interface PlannedMeter {
  /** Of a meter, or of a point of a station. */
  meterId: string;
  isPoint?: true;
  places: PlannedPlace[];
}

export interface PlannedPlace {
  /** Place in the plan's areas. */
  area: number;
  role: LossLine['role'];
  /** Whether a point counts what flows back out; of power, whether positive values do. */
  isReturn?: true;
  /** Whether another area of the report that it does not hang on has the same input on one of these days. */
  isShared?: true;
  /** Whether a point measures power, which is integrated. */
  isPower?: true;
  bridgeMinutes?: number;
  /** Where a point's count begins again from zero. */
  rollsOverAtKwh?: number;
  spans: Period[];
}

/** Meters of one page. A plan that was not the first to be finished leaves its pages behind, which nobody reads. */
export interface PlannedPage extends Kept {
  reportId: string;
  planId: string;
  page: number;
  meters: PlannedMeter[];
}

export const plannedPageEntity = defineEntity<PlannedPage, Pick<PlannedPage, 'reportId' | 'planId' | 'page'>>()({
  name: 'page of a loss report',
  table: 'billing',
  key: ({ reportId, planId, page }) => ({ pk: ['LOSS-REPORT', reportId], sk: ['PAGE', planId, page] }),
  idOf: ({ reportId, page }) => `${reportId}/${page}`,
  expiresAt: expiryOf,
});

export interface LossReportPart extends Kept {
  reportId: string;
  part: number;
  /** Pages this part has done: every `parts`-th of the plan's, from `part` on. A message for another one is late or repeated. */
  page: number;
  meters: number;
  /** Sums so far, by `loss-sums.ts`'s names. */
  sums: Record<string, string>;
  done: boolean;
}

export const partsOf = (reportId: string): { pk: KeyParts; beginsWith: KeyParts } => ({
  pk: ['LOSS-REPORT', reportId],
  beginsWith: ['PART'],
});

export const lossReportPartEntity = defineEntity<LossReportPart, Pick<LossReportPart, 'reportId' | 'part'>>()({
  name: 'part of a loss report',
  table: 'billing',
  key: ({ reportId, part }) => ({ pk: ['LOSS-REPORT', reportId], sk: ['PART', part] }),
  idOf: ({ reportId, part }) => `${reportId}/${part}`,
  expiresAt: expiryOf,
});

/** What was found at one meter, or one point of a station. */
export interface LossReportMeter extends Kept {
  reportId: string;
  meterId?: string;
  pointId?: string;
  hasFindings: boolean;
  lines: LossLine[];
}

export const metersOfReport = (reportId: string): KeyParts => ['LOSS-REPORT-METERS', reportId];
/** Those with findings: few of many, in an index that holds no other. */
export const findingsOfReport = (reportId: string): KeyParts => ['LOSS-REPORT-FINDINGS', reportId];

/** Points come after all meters. */
const placeOf = ({ meterId, pointId }: Pick<LossReportMeter, 'meterId' | 'pointId'>): KeyParts =>
  meterId === undefined ? ['~', pointId!] : [meterId];

export const lossReportMeterEntity = defineEntity<
  LossReportMeter,
  Pick<LossReportMeter, 'reportId' | 'meterId' | 'pointId'>
>()({
  name: 'meter of a loss report',
  table: 'billing',
  key: (item) => ({ pk: metersOfReport(item.reportId), sk: placeOf(item) }),
  indexes: {
    gsi1: (item) => (item.hasFindings ? { pk: findingsOfReport(item.reportId), sk: placeOf(item) } : undefined),
  },
  idOf: ({ meterId, pointId }) => meterId ?? pointId!,
  expiresAt: expiryOf,
});
