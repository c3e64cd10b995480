/** An order to a meter's relay or tariff, from the request to the confirmation. The log of these is the meter control log. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { externalId, label, utcTime } from '../../../layers/kernel/schema/common.ts';

export const commandKinds = ['disconnect', 'reconnect', 'set_tariff'] as const;
/**
 * `requested` waits for a second person; `approved` waits to be sent; `sent` waits for the meter; the others are ends.
 * `failed`: the broker refused it every time, or the meter said that it refused it; `timed_out`: nobody knows.
 */
export const commandStatuses = [
  'requested',
  'approved',
  'sent',
  'confirmed',
  'timed_out',
  'failed',
  'rejected',
  'cancelled',
] as const;
export const openCommandStatuses = ['requested', 'approved', 'sent'] as const;

export const requestCommandSchema = z.object({
  meterId: externalId(),
  command: z.enum(commandKinds),
  /** Of `set_tariff`: the tariff as the meter's platform knows it. */
  tariffId: z.optional(label(60)),
  reason: label(500),
});

export const commandSchema = z.object({
  id: z.string(),
  meterId: z.string(),
  stationId: z.string(),
  customerId: z.optional(z.string()),
  command: z.enum(commandKinds),
  tariffId: z.optional(z.string()),
  reason: z.string(),
  status: z.enum(commandStatuses),
  requestedBy: z.string(),
  requestedAt: utcTime(),
  approvedBy: z.optional(z.string()),
  approvedAt: z.optional(utcTime()),
  /** How often it was published; each time the same order of a state, never a switching over. */
  attempts: z.int(),
  /** Attempts that the broker certainly did not take. */
  refusals: z.optional(z.int()),
  firstSentAt: z.optional(utcTime()),
  /** Last, where it was told more than once. */
  sentAt: z.optional(utcTime()),
  /**
   * How it was known: `status` message of the meter, or the platform's `webhook`. Of `set_tariff` nobody says that it was done, so
   * that the `broker` took it is the end of it.
   */
  confirmedBy: z.optional(z.enum(['status', 'webhook', 'broker'])),
  endedAt: z.optional(utcTime()),
  /** When it was given up, of one that the meter confirmed or refused after that. */
  timedOutAt: z.optional(utcTime()),
  /** Why it was rejected, cancelled or failed, or that it was confirmed late. */
  outcome: z.optional(z.string()),
});

export const storedCommandSchema = storedSchema(commandSchema);
export type MeterCommand = z.infer<typeof commandSchema>;

export const commandSettingsSchema = z.object({
  /** Whether a disconnection needs a second person. */
  disconnectNeedsApproval: z._default(z.boolean(), true),
  /** How long a meter may take to confirm before it is told again. */
  confirmWithinSeconds: z._default(z.int().check(z.minimum(5), z.maximum(900)), 60),
  maxAttempts: z._default(z.int().check(z.minimum(1), z.maximum(10)), 3),
});
export type CommandSettings = z.infer<typeof commandSettingsSchema>;
