/** Acknowledges, gives back and extends leased messages. A receipt proves its lease; once the lease is another's, or the message settled, it is stale. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { changeProcessing } from './change-processing.ts';
import { processingEntity, type StoredProcessing } from './processing-entity.ts';
import { failed, nextTryAt, type ProcessingChanges, succeeded } from './settle-processing.ts';
import type { StoredSubscription } from './subscription-entity.ts';

export type ReceiptStatus = 'acknowledged' | 'returned' | 'dead' | 'extended' | 'stale';

interface Settlement {
  status: ReceiptStatus;
  changes: ProcessingChanges;
}

const maxRounds = 3;
const parallel = 25;
const returned = 'The receiver gave it back.';

/** @param decide what becomes of the message; asked again when somebody changed it in between */
export async function settleReceipts(
  session: TenantSession,
  subscription: StoredSubscription,
  receipts: readonly string[],
  decide: (row: StoredProcessing) => Settlement,
): Promise<{ receipt: string; status: ReceiptStatus }[]> {
  const results: { receipt: string; status: ReceiptStatus }[] = [];
  for (let start = 0; start < receipts.length; start += parallel)
    results.push(
      ...(await Promise.all(
        receipts.slice(start, start + parallel).map(async (receipt) => ({
          receipt,
          status: await settleOne(session, subscription.id, receipt, decide),
        })),
      )),
    );
  return results;
}

async function settleOne(
  session: TenantSession,
  subscriptionId: string,
  receipt: string,
  decide: (row: StoredProcessing) => Settlement,
): Promise<ReceiptStatus> {
  const [id = '', token] = receipt.split('.');
  for (let round = 1; round <= maxRounds; round++) {
    const row = await session.get(processingEntity, { id }, { consistent: true });
    // A receipt opens the queue it came from and no other.
    if (row?.subscriptionId !== subscriptionId || row.status !== 'processing' || row.lease !== token) return 'stale';
    const { status, changes } = decide(row);
    if (await changeProcessing(session, row, changes)) return status;
  }
  throw new AppError('unavailable', 'The message is being changed by others.');
}

export const acknowledge = (row: StoredProcessing): Settlement => ({
  status: 'acknowledged',
  changes: succeeded(attemptOf(row)),
});

export const giveBack =
  (subscription: StoredSubscription, delaySeconds: number | undefined, errorMessage = returned) =>
  (row: StoredProcessing): Settlement => {
    const nowMs = Date.now();
    const scheduledMs = nextTryAt(row, row.attemptNumber, subscription, nowMs, Math.random());
    const nextMs = scheduledMs === undefined || delaySeconds === undefined ? scheduledMs : nowMs + delaySeconds * 1000;
    return {
      status: nextMs === undefined ? 'dead' : 'returned',
      changes: failed(row, attemptOf(row), errorMessage, nextMs),
    };
  };

export const extend = (visibilitySeconds: number) => (): Settlement => {
  const until = new Date(Date.now() + visibilitySeconds * 1000).toISOString();
  return { status: 'extended', changes: { leasedUntil: until, visibleAt: until } };
};

function attemptOf({ attemptNumber, startedAt }: StoredProcessing) {
  const endedMs = Date.now();
  return { number: attemptNumber, startedMs: startedAt === undefined ? endedMs : Date.parse(startedAt), endedMs };
}
