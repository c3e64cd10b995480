/**
 * What became of an operation, by the caller's reference: written before anything is sent, so that a repeated call gets the
 * known outcome, and a crash or a lost answer is never followed by a second try somewhere else.
 */
import { createHash } from 'node:crypto';
import type { ProviderKind } from '../../../layers/integrations/provider.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { updateAtomically } from '../../../layers/kernel/data/update-atomically.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

export interface Reference {
  kind: ProviderKind;
  operation: string;
  reference: string;
  requestHash: string;
  /** `sending` with a lease that ran out is as unknown as `unknown`. */
  state: 'sending' | 'done' | 'unknown' | 'failed';
  leaseUntilMs: number;
  turn: number;
  /** Where it was sent, or is being sent. */
  integrationId?: string;
  provider?: string;
  /** Whether anything was, or may have been, sent. */
  isSent?: boolean;
  /** JSON. */
  result?: string;
  retainUntil: number;
}

type ReferenceKey = Pick<Reference, 'kind' | 'operation' | 'reference'>;

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

export const referenceEntity = defineEntity<Reference, ReferenceKey>()({
  name: 'provider reference',
  table: 'platform',
  key: ({ kind, operation, reference }) => ({ pk: ['PROVIDER-REFERENCE', kind, digest(reference)], sk: [operation] }),
  idOf: ({ reference }) => reference,
});

/** Longer than any caller repeats. */
const retentionSeconds = 400 * 86_400;

/** Longer than a function that calls a provider may run. */
const leaseMs = 60_000;

export const hashRequest = (request: unknown): string => digest(encodeResult(request));

/** JSON with amounts of money in it, whose minor units are big integers. */
export const encodeResult = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, inner: unknown) =>
    typeof inner === 'bigint' ? { $integer: String(inner) } : inner,
  );

export const decodeResult = (text: string): any =>
  JSON.parse(text, (_, inner: unknown) => {
    const digits = (inner as { $integer?: unknown } | null)?.$integer;
    return typeof digits === 'string' && /^-?\d+$/.test(digits) ? BigInt(digits) : inner;
  });

/**
 * Claims the operation for this call.
 * @returns `known`: how it ended before; `resumed`: it may have been sent to the integration the row names; `fresh`: go on
 * @throws AppError `idempotency_in_progress`, `idempotency_key_reused`
 */
export async function claimReference(
  session: TenantSession,
  key: ReferenceKey,
  requestHash: string,
): Promise<{ status: 'known' | 'resumed' | 'fresh'; row: Reference }> {
  const nowMs = Date.parse(session.context.now());
  const retainUntil = Math.floor(nowMs / 1000) + retentionSeconds;
  const claim = (before: Reference | undefined) =>
    updateAtomically(session, referenceEntity, key, {
      update:
        'SET #kind = :kind, #operation = :operation, #reference = :reference, requestHash = :hash, #state = :sending, leaseUntilMs = :lease, turn = :next, retainUntil = :retain, expiresAt = :retain',
      condition: before === undefined ? 'attribute_not_exists(pk)' : 'turn = :turn',
      names: { '#kind': 'kind', '#operation': 'operation', '#reference': 'reference', '#state': 'state' },
      values: {
        ':kind': key.kind,
        ':operation': key.operation,
        ':reference': key.reference,
        ':hash': requestHash,
        ':sending': 'sending',
        ':lease': nowMs + leaseMs,
        ':retain': retainUntil,
        ':next': (before?.turn ?? 0) + 1,
        ...(before === undefined ? {} : { ':turn': before.turn }),
      },
    });
  const fresh = await claim(undefined);
  if (fresh !== undefined) return { status: 'fresh', row: fresh };
  const before = await session.get(referenceEntity, key, { consistent: true });
  if (before === undefined) throw new AppError('idempotency_in_progress');
  if (before.requestHash !== requestHash) throw new AppError('idempotency_key_reused');
  if (before.state === 'done') return { status: 'known', row: before };
  if (before.state === 'sending' && before.leaseUntilMs > nowMs) throw new AppError('idempotency_in_progress');
  const row = await claim(before);
  if (row === undefined) throw new AppError('idempotency_in_progress');
  const mayBeSent = before.state !== 'failed' && before.isSent === true;
  return { status: mayBeSent ? 'resumed' : 'fresh', row };
}

/** Writes how far it is; refused when another call took the operation over. @throws AppError `idempotency_in_progress` */
export async function moveReference(
  session: TenantSession,
  row: Reference,
  changes: Partial<Pick<Reference, 'state' | 'integrationId' | 'provider' | 'isSent' | 'result'>>,
): Promise<void> {
  const entries = Object.entries(changes);
  const moved = await updateAtomically(session, referenceEntity, row, {
    update: `SET ${entries.map((_, i) => `#c${i} = :c${i}`).join(', ')}`,
    condition: 'turn = :turn',
    names: Object.fromEntries(entries.map(([name], i) => [`#c${i}`, name])),
    values: { ':turn': row.turn, ...Object.fromEntries(entries.map(([, value], i) => [`:c${i}`, value])) },
  });
  if (moved === undefined) throw new AppError('idempotency_in_progress');
  Object.assign(row, changes);
}

/** Ends an operation that the provider keeps knowing nothing of, so that it may be begun again. @returns false when it moved on by itself */
export async function settleAsNotTaken(session: TenantSession, key: ReferenceKey): Promise<boolean> {
  const settled = await updateAtomically(session, referenceEntity, key, {
    update: 'SET #state = :failed, isSent = :no',
    condition: '#state = :unknown OR #state = :failed',
    names: { '#state': 'state' },
    values: { ':failed': 'failed', ':unknown': 'unknown', ':no': false },
  });
  return settled !== undefined;
}
