/** What became of each operation of a user: written in the transaction of its effect, so that a repetition has none. */
import { createHash } from 'node:crypto';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { FieldWorker } from './field-context.ts';
import type { FieldOperation, OperationResult } from './operation-schema.ts';

interface LoggedOperation {
  userId: string;
  id: string;
  /** Of what was handed in: another operation under the same id is none that came before. Older records have none. */
  digest?: string;
  result: OperationResult;
  /** ISO 8601. */
  at: string;
}

/** As long as a reading may be late; a payment’s reference is kept for ever besides. */
const keepSeconds = 2 * 366 * 86_400;

export const operationEntity = defineEntity<LoggedOperation, Pick<LoggedOperation, 'userId' | 'id'>>()({
  name: 'field operation',
  table: 'billing',
  key: ({ userId, id }) => ({ pk: ['FIELD-OPERATION', userId, id], sk: ['FIELD-OPERATION'] }),
  idOf: ({ id }) => id,
  expiresAt: ({ at }) => Math.floor(Date.parse(at) / 1000) + keepSeconds,
});

/** `confirmed`, and the number by an app that counts by now, may be added to what is sent again. */
export const digestOf = ({
  confirmed: _confirmed,
  operationNumber: _number,
  ...operation
}: FieldOperation & { confirmed?: boolean }): string =>
  createHash('sha256').update(JSON.stringify(operation)).digest('base64url');

export function logOperation(
  unit: UnitOfWork,
  { session, userId, digest }: Pick<FieldWorker, 'session' | 'userId' | 'digest'>,
  result: OperationResult,
): void {
  unit.create(operationEntity, { userId, id: result.id, digest, result, at: session.context.now() });
}

/** Whether an id was given to something else before, which would be taken for done and lost. */
export async function isReused({ session, userId, digest }: FieldWorker, id: string): Promise<boolean> {
  const known = await session.get(operationEntity, { userId, id }, { consistent: true });
  return known?.digest !== undefined && known.digest !== digest;
}

export async function earlierResult(
  session: TenantSession,
  userId: string,
  id: string,
): Promise<OperationResult | undefined> {
  const known: (LoggedOperation & Stored) | undefined = await session.get(
    operationEntity,
    { userId, id },
    { consistent: true },
  );
  return known && { ...known.result, status: 'duplicate', first: known.result.status };
}

const maxAttempts = 4;

/** Runs what logs the operation, on fresh reads again where a twin, or another operation, was faster to make the same key. */
export async function once(
  session: TenantSession,
  userId: string,
  id: string,
  work: () => Promise<OperationResult>,
): Promise<OperationResult> {
  for (let attempt = 1; ; attempt++) {
    const earlier = await earlierResult(session, userId, id);
    if (earlier !== undefined) return earlier;
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error) || error.code !== 'already_exists' || attempt === maxAttempts) throw error;
    }
  }
}
