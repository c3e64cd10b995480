/** A billing run over many customers, and how far each part of it has come: it can stop anywhere and go on. */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { PricingProblem } from '../invoices/price-supplies.ts';

export interface BillingRun {
  id: string;
  /** Everything up to this local day, exclusive, is billed. */
  period: { from: string; to: string };
  /** @default the whole base */
  routeId?: string;
  /** A customer of many meters, alone. */
  customerId?: string;
  mayEstimate: boolean;
  issueDate: string;
  dueDays: number;
  /** Somebody stopped it: its pages wait until it is resumed. */
  stoppedAt?: string;
  /** How many parts it began with; customers of many meters are parts that join while it goes on. */
  parts: number;
}

export const runEntity = defineEntity<BillingRun>()({
  name: 'billing run',
  table: 'billing',
  key: ({ id }) => ({ pk: ['RUN', id], sk: ['RUN'] }),
  indexes: { gsi1: ({ id }) => ({ pk: ['RUNS'], sk: [id] }) },
  idOf: ({ id }) => id,
});

export interface RunPart {
  runId: string;
  /** A number walks over customers, the id of a customer over that one's supplies. */
  part: number | string;
  /** Pages done; a message for another page is late or repeated. */
  page: number;
  /** Of the list of customers, or the sort key of the last supply. */
  cursor?: string;
  /** How often the present page met an error nobody expected. */
  attempts?: number;
  invoices: number;
  nothingToBill: number;
  problems: number;
  /** Of a customer whose invoices are told of together at the end of the part: one of them. */
  collectiveInvoiceId?: string;
  done: boolean;
}

export const runPartEntity = defineEntity<RunPart, Pick<RunPart, 'runId' | 'part'>>()({
  name: 'part of a billing run',
  table: 'billing',
  key: ({ runId, part }) => ({ pk: ['RUN', runId], sk: ['PART', part] }),
  idOf: ({ runId, part }) => `${runId}/${part}`,
});

/**
 * A supply that a run could not bill, with the reason, or a whole customer where billing broke down (`failed`); the next run
 * tries it again.
 */
export interface RunProblem
  extends Pick<PricingProblem, 'reason' | 'checks' | 'details' | 'isDecided'>,
    Partial<Pick<PricingProblem, 'supplyId' | 'meterId' | 'from' | 'to'>> {
  runId: string;
  customerId: string;
}

export const runProblemEntity = defineEntity<RunProblem, Pick<RunProblem, 'runId' | 'customerId' | 'supplyId'>>()({
  name: 'billing problem',
  table: 'billing',
  key: ({ runId, customerId, supplyId }) => ({ pk: ['RUN', runId], sk: ['PROBLEM', supplyId ?? customerId] }),
  idOf: ({ customerId, supplyId }) => supplyId ?? customerId,
});
