/** What becomes of a bill when readings of its days come late, are edited, or arrive after it was estimated. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { label, utcTime } from '../../../layers/kernel/schema/common.ts';
import { usualDueDays } from '../invoices/invoice-schema.ts';

const correctionModes = ['automatic', 'propose', 'off'] as const;
const correctionCauses = [
  'late_reading',
  'edited_reading',
  'edited_usage',
  'awaited_reading',
  'exchanged_meter',
  /** Of the record of the meter, such as the ratios of its transformers. */
  'corrected_meter',
  /** A supply that ended on a day its bill reaches beyond. */
  'moved_out',
  /** An earlier bill has another highest demand now, which a ratchet rests on, or leaves other energy, which was settled. */
  'earlier_bill',
] as const;
/**
 * `proposed`: waits for a person; `applied`: a difference note was issued; `settled`: nothing differs any more; `refused`: the
 * bill cannot be made anew, somebody must look; `dismissed`: a person decided that it stays.
 */
export const correctionStatuses = ['proposed', 'applied', 'settled', 'refused', 'dismissed'] as const;

/** SQS holds a message back for at most 15 minutes. */
const longestWindowMinutes = 15;

export const correctionSettingsSchema = z.object({
  mode: z._default(z.enum(correctionModes), 'automatic'),
  /** Readings that come within this time make one note together. */
  windowMinutes: z._default(z.int().check(z.minimum(3), z.maximum(longestWindowMinutes)), 15),
  /** Days until a difference note is due. */
  dueDays: z._default(z.int().check(z.minimum(0), z.maximum(180)), usualDueDays),
});
export type CorrectionSettings = z.infer<typeof correctionSettingsSchema>;

const correctionSchema = z.object({
  id: z.string(),
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  customerId: z.string(),
  /** The meter whose bill it is; the others of the invoice have corrections of their own. */
  meterId: z.string(),
  status: z.enum(correctionStatuses),
  causes: z.array(z.enum(correctionCauses)),
  /** What the meter’s bill made anew differs by, below zero to the customer's good. */
  amount: z.optional(z.string()),
  currency: z.string(),
  /** The latest difference note. */
  noteId: z.optional(z.string()),
  noteNumber: z.optional(z.string()),
  /** Why it cannot be made anew, or was dismissed. */
  reason: z.optional(z.string()),
  checkedAt: utcTime(),
});

export const storedCorrectionSchema = storedSchema(correctionSchema);
export type Correction = z.infer<typeof correctionSchema>;
export type CorrectionCause = (typeof correctionCauses)[number];

export const dismissSchema = z.object({ reason: label(500) });
