/** The trace of an invoice in answers: from each line to the quantity it stands on, and on to readings and their messages. */
import * as z from 'zod/mini';
import { utcTime } from '../../../layers/kernel/schema/common.ts';

const readingFields = {
  time: utcTime(),
  /** Decimal kWh of the register's own scale. */
  registerKwh: z.string(),
  exportRegisterKwh: z.optional(z.string()),
  /** `raw`: as it arrived; `edited`: a person decided about it; `added`: put in by a person, it never arrived. */
  kind: z.enum(['raw', 'edited', 'added']),
  source: z.enum(['mqtt', 'api', 'manual', 'mobile']),
  /** Of what was added: when it was decided. */
  receivedAt: utcTime(),
  /** The message or request it came with, and the MQTT topic. */
  messageId: z.optional(z.string()),
  topic: z.optional(z.string()),
  edit: z.optional(
    z.object({
      id: z.string(),
      action: z.string(),
      arrivedKwh: z.optional(z.string()),
      reason: z.optional(z.string()),
      by: z.optional(z.string()),
      decidedAt: z.optional(utcTime()),
    }),
  ),
};

const traceQuantities = ['energy_taken', 'energy_fed_in', 'reactive_energy', 'demand', 'other'] as const;

const tracedLineSchema = z.object({
  code: z.string(),
  kind: z.string(),
  from: z.string(),
  to: z.string(),
  quantity: z.string(),
  unit: z.string(),
  amount: z.string(),
  /** What of the meter the quantity stands on; `other` follows from days, contracts or other lines. */
  standsOn: z.enum(traceQuantities),
});

const tracedIntervalSchema = z.object({
  from: utcTime(),
  to: utcTime(),
  /** Decimal kWh of primary energy; null where an estimate stands instead. */
  importKwh: z.nullable(z.string()),
  exportKwh: z.optional(z.string()),
  reactiveKvarh: z.optional(z.string()),
  /** `interpolated`: measured, with an edge between two readings; `edited`: a person decided about a reading in it, or about its usage. */
  origin: z.enum(['measured', 'interpolated', 'edited', 'estimated']),
  flags: z.array(z.string()),
  /** Edits of usage that lie in it. */
  edits: z.optional(z.array(z.string())),
  /** Times of the readings around it. */
  openedBy: z.optional(utcTime()),
  closedBy: z.optional(utcTime()),
});

/** A stretch whose usage a person decided. */
const tracedUsageEditSchema = z.object({
  id: z.string(),
  from: utcTime(),
  to: utcTime(),
  energy: z.enum(['taken', 'fed_in', 'reactive']),
  method: z.string(),
  basis: z.string(),
  /** Decimal kWh (of reactive energy kvarh) of the whole stretch: before, with the edit, and by the register where it tells. */
  oldKwh: z.optional(z.string()),
  newKwh: z.optional(z.string()),
  registerKwh: z.optional(z.string()),
  reason: z.string(),
  by: z.string(),
  decidedAt: utcTime(),
  undoneAt: z.optional(utcTime()),
  /** Whether the invoice stands on it; otherwise it was decided later, or taken back before. */
  counted: z.boolean(),
});

const tracedEstimateSchema = z.object({
  from: utcTime(),
  to: utcTime(),
  intervals: z.int(),
  kwh: z.string(),
  method: z.string(),
  basis: z.string(),
});

const tracedBillSchema = z.object({
  supplyId: z.string(),
  meterId: z.string(),
  /** Devices at the metering point in these days; registers noted at an exchange count like readings. */
  devices: z.array(
    z.object({
      serialNumber: z.string(),
      installedAt: z.optional(utcTime()),
      initialRegisterKwh: z.optional(z.string()),
      removedAt: z.optional(utcTime()),
      finalRegisterKwh: z.optional(z.string()),
    }),
  ),
  /** Local days; `to` is the first day after. */
  period: z.object({ from: z.string(), to: z.string() }),
  lines: z.array(tracedLineSchema),
  billed: z.object({ importKwh: z.string(), estimatedKwh: z.string() }),
  /** What the intervals that were not estimated come to by the readings known at issue. */
  measuredKwh: z.string(),
  /** Whether that and the estimate, and what was fed in or reactive, are what was billed, to the last digit. */
  agrees: z.boolean(),
  /** What was estimated, as the invoice keeps it, with method and basis; of old invoices the sum alone is known. */
  estimates: z.array(tracedEstimateSchema),
  usageEdits: z.array(tracedUsageEditSchema),
  intervals: z.array(tracedIntervalSchema),
  readings: z.array(z.object(readingFields)),
  /** What came or was decided after the invoice was issued, as it stands now: no evidence of it. */
  later: z.array(z.object({ ...readingFields, knownAt: utcTime(), stands: z.boolean() })),
  /** Local day that was left out to keep the answer short: ask on with it as `from` and this `supplyId`. */
  continuesOn: z.nullable(z.string()),
});

export const invoiceTraceSchema = z.object({
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  kind: z.string(),
  /** Readings received and decisions made until then are its evidence. */
  issuedAt: utcTime(),
  bills: z.array(tracedBillSchema),
});

export type InvoiceTrace = z.infer<typeof invoiceTraceSchema>;
export type TracedBill = z.infer<typeof tracedBillSchema>;
export type TracedInterval = z.infer<typeof tracedIntervalSchema>;
export type TracedEstimate = z.infer<typeof tracedEstimateSchema>;
