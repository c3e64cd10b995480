/**
 * Applies what a device hands in. Operations at one meter, and all money of one collector, go one after another; the rest
 * side by side. Each has an answer of its own, and none stops another.
 */

import { isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { forReader } from '../../../layers/kernel/i18n/field-message.ts';
import { logger } from '../../../layers/kernel/observability/logger.ts';
import { sideBySide } from '../../../layers/kernel/side-by-side.ts';
import { applyCollection } from './apply-collection.ts';
import { applyCorrection } from './apply-correction.ts';
import { applyNoAccess, applyReading } from './apply-reading.ts';
import { applyStopEdit } from './apply-stop-edit.ts';
import { outOfOrder } from './device-clock.ts';
import { boundsOf, type Contact } from './device-contacts.ts';
import { type FieldWorker, rejected } from './field-context.ts';
import { digestOf, earlierResult, isReused } from './operation-log.ts';
import { type FieldOperation, type OperationResult, operationSchema } from './operation-schema.ts';

/** With what is known of when the device was heard of. */
export type Caller = Omit<FieldWorker, 'digest' | 'bounds'> & { contacts: readonly Contact[] };

const lanes = 8;

export async function applyOperations(
  worker: Caller,
  operations: readonly { id: string }[],
): Promise<OperationResult[]> {
  const results: OperationResult[] = new Array(operations.length);
  const readable: FieldOperation[] = [];
  const chains = new Map<string, (() => Promise<void>)[]>();
  operations.forEach((given, index) => {
    const { data: operation, error } = forReader(worker.locale, (options) => operationSchema.safeParse(given, options));
    if (operation === undefined) {
      const detail = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
      results[index] = rejected(worker, given.id, 'invalid_operation', { detail: detail.slice(0, 500) });
      return;
    }
    readable.push(operation);
    const key = operation.type === 'collection' ? 'money' : operation.meterId;
    const chain = chains.get(key) ?? [];
    chain.push(async () => {
      results[index] = await applyOne(worker, operation, disordered.has(operation.id));
    });
    chains.set(key, chain);
  });
  const disordered = outOfOrder(readable);
  await sideBySide([...chains.values()], lanes, async (chain) => {
    for (const step of chain) await step();
  });
  return results;
}

async function applyOne(
  { contacts, ...caller }: Caller,
  operation: FieldOperation,
  isOutOfOrder: boolean,
): Promise<OperationResult> {
  const { id, operationNumber } = operation;
  const bounds = { ...boundsOf(contacts, operationNumber), isOutOfOrder };
  const worker: FieldWorker = { ...caller, bounds, digest: digestOf(operation) };
  try {
    if (await isReused(worker, id)) return rejected(worker, id, 'id_reused');
    return (await earlierResult(worker.session, worker.userId, id)) ?? (await applyByType(worker, operation));
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return rejected(worker, id, 'not_found');
    // What is wrong on our side must not lose what was done in the field: the app keeps it and sends it again.
    logger.error('field operation failed', { operationId: id, type: operation.type, error: error as Error });
    return rejected(worker, id, 'unavailable', {}, { mayRetry: true });
  }
}

function applyByType(worker: FieldWorker, operation: FieldOperation): Promise<OperationResult> {
  switch (operation.type) {
    case 'reading':
      return applyReading(worker, operation);
    case 'no_access':
      return applyNoAccess(worker, operation);
    case 'collection':
      return applyCollection(worker, operation);
    case 'stop_edit':
      return applyStopEdit(worker, operation);
    case 'customer_correction':
      return applyCorrection(worker, operation);
  }
}
