/**
 * Money that is on its way to a provider: noted before anything is sent and forgotten once the outcome is known, so that what
 * is left here after a lost answer or a crash is asked about without anybody's doing.
 */
import { createHash } from 'node:crypto';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { deleteStep, writeMany } from '../../../layers/kernel/data/write-many.ts';
import type { Environment } from '../integrations/integration-entity.ts';
import { encodeResult } from '../provider-calls/reference.ts';

export interface OpenPayment {
  /** `create`, `capture` or `refund`. */
  operation: string;
  reference: string;
  integrationId: string;
  environment: Environment;
  /** The arguments, as JSON with amounts. */
  args: string;
  /** How often the provider was asked since. */
  looks: number;
  /** How often in a row it knew nothing of it. */
  timesNotTaken: number;
  nextLookMs: number;
}

type OpenPaymentKey = Pick<OpenPayment, 'operation' | 'reference'>;

export const openPaymentsPartition = ['OPEN-PAYMENTS'] as const;

export const openPaymentEntity = defineEntity<OpenPayment, OpenPaymentKey>()({
  name: 'open payment',
  table: 'platform',
  key: ({ operation, reference }) => ({
    pk: openPaymentsPartition,
    sk: [operation, createHash('sha256').update(reference).digest('base64url')],
  }),
  idOf: ({ reference }) => reference,
});

/** After the lease of a call that died has run out, and short of what a provider needs to know of it itself. */
export const firstLookMs = 2 * 60_000;
/** Nobody looks for longer than this at a note that was left behind. */
const retentionSeconds = 7 * 86_400;

interface Noted extends OpenPaymentKey {
  integrationId: string;
  environment: Environment;
  args: readonly unknown[];
}

export async function notePayment(session: TenantSession, noted: Noted): Promise<void> {
  const nowMs = Date.parse(session.context.now());
  await updateAtomically(session, openPaymentEntity, noted, {
    update:
      'SET #operation = :operation, #reference = :reference, integrationId = :integration, #environment = :environment, args = :args, looks = if_not_exists(looks, :zero), timesNotTaken = if_not_exists(timesNotTaken, :zero), nextLookMs = if_not_exists(nextLookMs, :next), expiresAt = :expires',
    names: { '#environment': 'environment', '#operation': 'operation', '#reference': 'reference' },
    values: {
      ':operation': noted.operation,
      ':reference': noted.reference,
      ':integration': noted.integrationId,
      ':environment': noted.environment,
      ':args': encodeResult(noted.args),
      ':zero': 0,
      ':next': nowMs + firstLookMs,
      ':expires': Math.floor(nowMs / 1000) + retentionSeconds,
    },
  });
}

export const forgetPayment = (session: TenantSession, key: OpenPaymentKey): Promise<void> =>
  writeMany([deleteStep(session, openPaymentEntity, key)]);
