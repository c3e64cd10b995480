/** The energy balance of an area as it is answered. Energies are decimal kilowatt-hours. */
import * as z from 'zod/mini';

const line = z.object({
  meterId: z.string(),
  role: z.enum(['input', 'output']),
  from: z.string(),
  to: z.string(),
  /** Null when no readings tell. */
  importKwh: z.nullable(z.string()),
  /** Fed in at the meter; null for one without such a register. */
  exportKwh: z.nullable(z.string()),
  /** Whether a register was interpolated at an edge. */
  estimated: z.boolean(),
  /** Whether readings reach over all of its days and no energy was left out. */
  complete: z.boolean(),
});

export const lossReportSchema = z.object({
  areaId: z.string(),
  /** First local day. */
  from: z.string(),
  /** First local day after. */
  to: z.string(),
  /** Whence the meters are known: assigned by day, or placed in the network, as it is today. */
  metersFrom: z.enum(['assignments', 'network']),
  /** Through the input meters. */
  inputKwh: z.string(),
  /** Back out through the input meters. */
  returnedKwh: z.string(),
  /** Fed in by customers. */
  fedInKwh: z.string(),
  /** Taken by customers, as metered. */
  outputKwh: z.string(),
  /** `inputKwh + fedInKwh - returnedKwh - outputKwh`; null while the input is not known on every day. */
  lossKwh: z.nullable(z.string()),
  /** Of `inputKwh + fedInKwh`; null also when nothing entered. */
  lossPercent: z.nullable(z.string()),
  technicalLossPercent: z.string(),
  /** `technicalLossPercent` of `inputKwh + fedInKwh`; null like `lossKwh`. */
  technicalLossKwh: z.nullable(z.string()),
  /** The rest; below zero when the technical part is set too high or readings are missing at the input. */
  commercialLossKwh: z.nullable(z.string()),
  commercialLossPercent: z.nullable(z.string()),
  quality: z.object({
    meterCount: z.int(),
    /** Share of `outputKwh` at meters with an interpolated edge; null without output. */
    estimatedPercent: z.nullable(z.string()),
    /** Days on which no input meter was set. */
    daysWithoutInput: z.int(),
    /** What they took is counted as nothing, and so is in the losses. */
    metersWithoutData: z.array(z.string()),
    /** Counted as far as readings tell. */
    incompleteMeters: z.array(z.string()),
  }),
  /** A line for each meter and its days within the period. */
  meters: z.array(line),
});

export type LossReport = z.infer<typeof lossReportSchema>;
export type LossLine = z.infer<typeof line>;
