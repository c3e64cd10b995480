/** A stretch of a supply that could not be billed because its readings failed, until somebody decides or it is billed. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { checkNames } from '../../../layers/vee/checks.ts';

/**
 * `registers_untold`: a register that the tariff bills by is not told of in the period; `details` name it. What was decided about its
 * readings before stays and is followed.
 */
export const usageRefusals = [
  'no_readings',
  'not_billable',
  'validation_failed',
  'estimation_impossible',
  'registers_untold',
] as const;
/** `decided`: the next bill follows the decision; `closed`: see `closedFor`. */
export const exceptionStatuses = ['open', 'decided', 'closed'] as const;
/**
 * `billed`; `supply_ended`: on a day that its bills reach already, so nothing is left to bill; `replaced`: a bill was cancelled, and
 * the exception of the earlier days covers these too.
 */
const exceptionEnds = ['billed', 'supply_ended', 'replaced'] as const;
const exceptionDecisions = ['accept', 'estimate'] as const;

export const resolveExceptionSchema = z.object({
  /** `accept`: values are billed as they are; `estimate`: what failed may be estimated. */
  decision: z.enum(exceptionDecisions),
  reason: label(500),
});

const veeExceptionSchema = z.object({
  /** Follows from the supply and its first day that is not billed: there is one, however often a run meets it. */
  id: z.string(),
  supplyId: z.string(),
  customerId: z.string(),
  meterId: z.string(),
  /** Local days; `to` is the first day after. */
  from: z.string(),
  to: z.string(),
  status: z.enum(exceptionStatuses),
  reason: z.enum(usageRefusals),
  /** Codes of the checks that failed. */
  checks: z.array(z.enum(checkNames)),
  /** Each interval that failed: check, beginning, and what was found. A decision covers these and no others. */
  failures: z.array(z.string()),
  /** What was found and what was expected. */
  details: z.array(z.string()),
  runId: z.optional(z.string()),
  decision: z.optional(z.enum(exceptionDecisions)),
  decisionReason: z.optional(z.string()),
  decidedBy: z.optional(z.string()),
  decidedAt: z.optional(utcTime()),
  closedFor: z.optional(z.enum(exceptionEnds)),
  /** The invoice that closed it. */
  invoiceId: z.optional(z.string()),
  closedAt: z.optional(utcTime()),
});

export const storedExceptionSchema = storedSchema(veeExceptionSchema);
export type VeeException = z.infer<typeof veeExceptionSchema>;
export type ExceptionDecision = (typeof exceptionDecisions)[number];
