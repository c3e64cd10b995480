/** Finds out what became of a call whose outcome was lost, and makes it again only where that cannot double it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { forgetPayment } from '../payment-outcomes/open-payment-entity.ts';
import { notTaken, questionAbout } from '../payment-outcomes/question-about.ts';
import { outcomeUnknown } from './call-errors.ts';
import { type Call, isMoney, type ProviderResult, performCall } from './perform-call.ts';
import { encodeResult, moveReference, type Reference } from './reference.ts';
import { loadProvider } from './registry.ts';

/** How the question what became of an order fails. */
const uncertain: readonly string[] = ['all_providers_failed', 'unprocessable'];

/**
 * An earlier call may have been taken by the provider the row names. It is asked there again where it knows the reference,
 * or where it can say what became of it; for messages being lost is worse than coming twice; otherwise it stays unknown.
 */
export async function resolveLost(
  session: TenantSession,
  call: Call,
  row: Reference,
): Promise<ProviderResult<any> | undefined> {
  const integrationId = row.integrationId!;
  const definition = await loadProvider(row.provider!);
  const pinned = { ...call, options: { ...call.options, integrationId } };
  if (definition?.retrySafe?.includes(call.operation)) return performCall(session, pinned, row, call.effect === 'act');
  if (call.effect === 'message') return undefined;
  if (call.kind === 'vending') {
    const found = await performCall(session, {
      ...pinned,
      operation: 'find',
      args: [row.reference],
      effect: 'read',
    }).catch(async (error: unknown) => {
      await moveReference(session, row, { state: 'unknown' });
      // That it cannot be asked does not say that nothing was made.
      throw isAppError(error) && uncertain.includes(error.code)
        ? new AppError('outcome_unknown', undefined, { details: error.details ?? [], cause: error })
        : error;
    });
    if (found.value === undefined || found.value === null) return performCall(session, pinned, row);
    await moveReference(session, row, { state: 'done', result: encodeResult(found.value) });
    return found;
  }
  if (!isMoney(call)) {
    await moveReference(session, row, { state: 'unknown' });
    throw outcomeUnknown([]);
  }
  return lookUp(session, pinned, row);
}

/** A payment is looked for, never made again: whoever is not sure waits until the provider's word is old enough. */
async function lookUp(session: TenantSession, call: Call, row: Reference): Promise<ProviderResult<any>> {
  const question = questionAbout(call.operation, call.args);
  try {
    const found = await performCall(session, { ...call, ...question, effect: 'read' });
    const verdict = question.judge(found.value);
    if (verdict !== 'done') throw outcomeUnknown([], verdict === 'not_taken' ? notTaken : undefined);
    await moveReference(session, row, { state: 'done', result: encodeResult(found.value) });
    await forgetPayment(session, { operation: call.operation, reference: row.reference });
    return found;
  } catch (error) {
    if (row.state !== 'done') await moveReference(session, row, { state: 'unknown' });
    // That it cannot be asked now says nothing of what it did then.
    if (isAppError(error) && error.code === 'all_providers_failed')
      throw new AppError('outcome_unknown', undefined, { details: error.details ?? [] });
    throw error;
  }
}
