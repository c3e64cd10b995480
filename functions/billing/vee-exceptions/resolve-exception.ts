/** A person decides how a stretch is billed whose readings failed; the next bill follows. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { type StoredException, veeExceptionEntity } from './exception-entity.ts';
import type { ExceptionDecision } from './exception-schema.ts';

/** @throws AppError `not_found`; `conflict` when it is not open, or when the decision could not lead to a bill */
export function resolveException(
  session: TenantSession,
  id: string,
  { decision, reason, decidedBy }: { decision: ExceptionDecision; reason: string; decidedBy: string },
): Promise<StoredException> {
  return retryOnChange(async () => {
    const exception = await session.require(veeExceptionEntity, { id });
    refuseUseless(exception, decision);
    return session.transact('billing', (unit) =>
      unit.update(veeExceptionEntity, exception, {
        status: 'decided',
        decision,
        decisionReason: reason,
        decidedBy,
        decidedAt: session.context.now(),
      }),
    );
  });
}

function refuseUseless({ status, reason, checks }: StoredException, decision: ExceptionDecision): void {
  const refuse = (en: string, ar: string): never => {
    throw new AppError('conflict', undefined, { texts: { en, ar } });
  };
  if (status !== 'open') refuse(`The exception is ${status} already.`, `حالة الاستثناء الآن: ${status}.`);
  if (reason === 'registers_untold')
    refuse(
      'Nothing tells what the register counted, so nothing is decided: add or correct a reading, or edit the usage.',
      'لا شيء يبيّن ما سجّله العداد فلا قرار: أضف قراءة أو صحّحها، أو عدّل الاستهلاك.',
    );
  // A broken register leaves a gap in what counts, and values all the same.
  const isMissing = checks.includes('gap') && !checks.includes('register_broken') && !checks.includes('unmeasured');
  if (decision === 'accept' && isMissing)
    refuse(
      'Values are missing, so there is nothing to accept: estimate, or add a reading.',
      'القيم ناقصة فلا شيء يُقبل: قدّر أو أضف قراءة.',
    );
  if (decision === 'estimate' && reason === 'estimation_impossible')
    refuse('There is nothing to estimate by: add a reading.', 'لا يوجد ما يُقدَّر به: أضف قراءة.');
}
