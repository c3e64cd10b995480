/** What became of each operation of a user: written in the transaction of its effect, so that a repetition has none. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import type { OperationResult } from './operation-schema.ts';

interface LoggedOperation {
  userId: string;
  id: string;
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

export function logOperation(unit: UnitOfWork, userId: string, result: OperationResult, at: string): void {
  unit.create(operationEntity, { userId, id: result.id, result, at });
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

/** Runs what logs the operation; where a twin was faster, the twin’s result is the answer. */
export async function once(
  session: TenantSession,
  userId: string,
  id: string,
  work: () => Promise<OperationResult>,
): Promise<OperationResult> {
  const earlier = await earlierResult(session, userId, id);
  if (earlier !== undefined) return earlier;
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.code !== 'already_exists') throw error;
    const twin = await earlierResult(session, userId, id);
    if (twin === undefined) throw error;
    return twin;
  }
}
