/** An edit: what a person decided about one reading, why, and what stood before. Edits of a reading make a chain; none is ever changed after it was decided. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, label, timestamp, utcTime } from '../../../layers/kernel/schema/common.ts';
import { registerKwh } from '../meters/meter-schema.ts';

/**
 * `correct`: another value stands; `reject`: nothing stands; `add`: a reading that never arrived; `restore`: what
 * arrived stands again.
 */
export const editActions = ['correct', 'reject', 'add', 'restore'] as const;
/** `requested` waits for a second person, where the settings ask for one. */
export const editStatuses = ['requested', 'applied', 'declined'] as const;

export const requestEditSchema = z.object({
  meterId: externalId(),
  action: z.enum(editActions),
  /** Of the reading. */
  time: timestamp(),
  /** The register as it arrived, or was first added: it names the reading. Of `add`, the value to add. */
  registerKwh: registerKwh(),
  /** Of `correct`: what shall stand. */
  newRegisterKwh: z.optional(registerKwh()),
  /** The export register that shall stand; of `correct` and `add`. */
  newExportRegisterKwh: z.optional(registerKwh()),
  reason: label(500),
});

const readingEditSchema = z.object({
  id: z.string(),
  meterId: z.string(),
  action: z.enum(editActions),
  time: utcTime(),
  registerKwh: z.string(),
  newRegisterKwh: z.optional(z.string()),
  newExportRegisterKwh: z.optional(z.string()),
  reason: z.string(),
  status: z.enum(editStatuses),
  /** What stood when it was applied; missing when nothing did. */
  oldRegisterKwh: z.optional(z.string()),
  /** Place in the chain of edits of the reading, from 1. */
  sequence: z.optional(z.int()),
  /** Users or API keys. */
  requestedBy: z.string(),
  requestedAt: utcTime(),
  decidedBy: z.optional(z.string()),
  decidedAt: z.optional(utcTime()),
  declineReason: z.optional(z.string()),
});

export const storedEditSchema = storedSchema(readingEditSchema);
export type ReadingEdit = z.infer<typeof readingEditSchema>;
export type RequestEdit = z.infer<typeof requestEditSchema>;

export const editSettingsSchema = z.object({
  /** Whether a second person must agree before an edit counts. */
  needsApproval: z._default(z.boolean(), false),
});
export type EditSettings = z.infer<typeof editSettingsSchema>;
