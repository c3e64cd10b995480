/** What loss reports can be asked for, and what they answer. Energies are decimal kilowatt-hours; `to` is the first local day after. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { generatedId, utcTime } from '../../../layers/kernel/schema/common.ts';
import { localDate } from '../../../layers/tariff/tariff-schema.ts';

export const mostAreas = 100;

export const lossReportOrderSchema = z.strictObject({
  from: localDate(),
  to: localDate(),
  /** A row for each calendar month of the days instead of one for all of them. */
  by: z.optional(z.enum(['month'])),
  /** @default all areas */
  areaIds: z.optional(z.array(generatedId('lar')).check(z.minLength(1), z.maxLength(mostAreas))),
});
export type LossReportOrder = z.infer<typeof lossReportOrderSchema>;

const days = { from: z.string(), to: z.string() };

/** What the figures stand on. */
const quality = z.object({
  meters: z.int(),
  /** Times a meter and a day. */
  meterDays: z.int(),
  /** Meters and days no readings tell anything about: what was taken then is in the losses. */
  unreadMeters: z.int(),
  unreadDays: z.int(),
  /** Meters whose readings do not reach over all of their days, or left energy out. */
  incompleteMeters: z.int(),
  /** Input meters and points that are not known on all of their days; the losses are null then. */
  unknownInputs: z.int(),
  /** Input meters and points that another area of the report counts too, of which it is neither feeder nor transformer. */
  sharedInputs: z.int(),
  /** Of `inputKwh`: power that a station measures, integrated over time; no meter or counter counted it. */
  inputIntegratedKwh: z.string(),
  /** Of `inputKwh`: `inputIntegratedKwh`. */
  inputIntegratedPercent: z.nullable(z.string()),
  /** Of what was integrated, in either direction: in gaps that were bridged. */
  inputBridgedKwh: z.string(),
  /** Days on which no input meter or point was set. */
  daysWithoutInput: z.int(),
  /** Of `meteredKwh`: between readings that had to be interpolated. */
  meteredEstimatedKwh: z.string(),
  meteredEstimatedPercent: z.nullable(z.string()),
  /** Of `billedKwh`: estimated on the bill. */
  billedEstimatedKwh: z.string(),
  /** Of `billedKwh`: shares, by days, of bills that reach beyond the days of the row. */
  billedApportionedKwh: z.string(),
  /** Of `billedKwh`: `billedApportionedKwh`. */
  billedApportionedPercent: z.nullable(z.string()),
});

const lossRowSchema = z.object({
  areaId: z.string(),
  name: z.string(),
  kind: z.enum(['feeder', 'transformer']),
  ...days,
  /** Whence the meters are known: assigned by day, or placed in the network, as it was when the report began. */
  metersFrom: z.enum(['assignments', 'network']),
  /** The area of the report that this one lies in, where it is counted in `totals`. */
  withinAreaId: z.optional(z.string()),
  /** Through the input meters and points. */
  inputKwh: z.string(),
  /** Back out through the input meters and points. */
  returnedKwh: z.string(),
  /** Fed in by customers. */
  fedInKwh: z.string(),
  /** Taken by customers, as metered. */
  meteredKwh: z.string(),
  /** Taken without a meter, as the area and its transformers say: it is not lost. */
  unmeteredKwh: z.string(),
  /** Taken by customers, as bills of these days say. */
  billedKwh: z.string(),
  /** Carried by prepaid tokens that were made on these days. */
  soldKwh: z.string(),
  /** Of `meteredKwh`: on days of customers with bills that no bill covers yet. */
  unbilledKwh: z.string(),
  /** Of `meteredKwh`: at meters nobody had. */
  withoutSupplyKwh: z.string(),
  /** `inputKwh + fedInKwh - returnedKwh`. */
  netInputKwh: z.string(),
  /** `netInputKwh - meteredKwh - unmeteredKwh`; null, as all losses, while the input is not known on every day. */
  lossKwh: z.nullable(z.string()),
  /** Percentages are of `inputKwh + fedInKwh`; null also when nothing entered. */
  lossPercent: z.nullable(z.string()),
  technicalLossPercent: z.string(),
  technicalLossKwh: z.nullable(z.string()),
  /** `netInputKwh - unmeteredKwh - technicalLossKwh - billedKwh - soldKwh`. Below zero when the technical part is set too high. */
  commercialLossKwh: z.nullable(z.string()),
  commercialLossPercent: z.nullable(z.string()),
  /** `billedKwh + soldKwh` of `netInputKwh`. */
  billingEfficiencyPercent: z.nullable(z.string()),
  /** By months: points of `commercialLossPercent` more than in the month before; null in the first. */
  commercialLossChange: z.nullable(z.string()),
  quality,
});
export type LossRow = z.infer<typeof lossRowSchema>;

/** Of all areas whose input is known, for each row of days; one that lies in another of the report is part of it. */
const lossTotalSchema = z.object({
  ...days,
  areas: z.int(),
  /** Areas that are left out, since not all that entered is known. */
  unknownAreas: z.int(),
  /** Areas that are left out, since they share meters with another one and neither lies in the other. */
  overlappingAreas: z.int(),
  inputKwh: z.string(),
  fedInKwh: z.string(),
  returnedKwh: z.string(),
  netInputKwh: z.string(),
  meteredKwh: z.string(),
  unmeteredKwh: z.string(),
  billedKwh: z.string(),
  soldKwh: z.string(),
  lossKwh: z.string(),
  lossPercent: z.nullable(z.string()),
  technicalLossKwh: z.string(),
  commercialLossKwh: z.string(),
  commercialLossPercent: z.nullable(z.string()),
  billingEfficiencyPercent: z.nullable(z.string()),
  /** Collected of billed in a whole calendar month, in the tenant’s currency, as the newest completed `collection_rate` over all customers says, unless that was made before the month was over. */
  collectionRatePercent: z.nullable(z.string()),
  /** That report. */
  collectionReportId: z.optional(z.string()),
  /** Aggregate technical, commercial and collection losses: of `netInputKwh`, what was neither sold by token nor billed and paid. The collection rate counts as 100 at most. */
  atccLossPercent: z.nullable(z.string()),
});
export type LossTotal = z.infer<typeof lossTotalSchema>;

export const findings = [
  'unread',
  'incomplete',
  'estimated',
  'unbilled',
  'without_supply',
  'unknown_meter',
  'shared_input',
] as const;
export type Finding = (typeof findings)[number];

const line = z.object({
  areaId: z.string(),
  role: z.enum(['input', 'output']),
  ...days,
  /** Days of these on which the meter counts in the area. */
  days: z.int(),
  /** Null when no readings tell. */
  importKwh: z.nullable(z.string()),
  /** Fed in at the meter; null for one without such a register. */
  exportKwh: z.nullable(z.string()),
  billedKwh: z.string(),
  soldKwh: z.string(),
  unbilledKwh: z.string(),
  /** Of an input that is power integrated over time; `estimated` finds gaps that were bridged. */
  integrated: z.optional(z.boolean()),
  findings: z.array(z.enum(findings)),
});
export type LossLine = z.infer<typeof line>;

export const lossMeterSchema = z.object({
  /** Missing for a point. */
  meterId: z.optional(z.string()),
  /** Of an input that is a point of a station: after all meters. */
  pointId: z.optional(z.string()),
  hasFindings: z.boolean(),
  /** One for each area and row of days the meter counts in. */
  lines: z.array(line),
});

export const lossReportSchema = storedSchema(
  z.object({
    id: z.string(),
    ...days,
    by: z.optional(z.enum(['month'])),
    areaIds: z.array(z.string()),
    /** When it is deleted, and when its lines of meters are. */
    keptUntil: z.optional(utcTime()),
    linesKeptUntil: z.optional(utcTime()),
    /** `planning`: meters are being looked up. */
    status: z.enum(['planning', 'running', 'completed', 'failed']),
    /** Why it failed: an area was deleted, or more meters than a report holds. */
    failure: z.optional(z.enum(['area_gone', 'too_many_meters'])),
    /** Meters in it, once they are looked up, and those that are done. */
    meters: z.optional(z.int()),
    metersDone: z.optional(z.int()),
    /** There when completed: the area with the highest share of commercial losses first, those that are not known last. */
    result: z.optional(z.array(lossRowSchema)),
    /** There when completed: for each row of days. */
    totals: z.optional(z.array(lossTotalSchema)),
  }),
);
