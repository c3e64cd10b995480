/** Changes a processing log under its version: of two workers one succeeds, and the other looks again or lets go. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { processingEntity, type StoredProcessing } from './processing-entity.ts';
import type { ProcessingChanges } from './settle-processing.ts';

/** @returns undefined when somebody else changed the row first */
export async function changeProcessing(
  session: TenantSession,
  row: StoredProcessing,
  changes: ProcessingChanges,
): Promise<StoredProcessing | undefined> {
  try {
    return await session.transact('platform', (unit) =>
      unit.update(processingEntity, row, changes, { isAudited: false }),
    );
  } catch (error) {
    if (isAppError(error) && error.code === 'version_conflict') return undefined;
    throw error;
  }
}
