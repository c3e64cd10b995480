/**
 * What a person decided about a stretch whose readings failed. A decision holds for what the person saw: a longer stretch,
 * another check or another interval that fails, is asked about anew.
 */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { CheckName } from '../../../layers/vee/checks.ts';
import { exceptionIdOf, veeExceptionEntity } from './exception-entity.ts';
import type { ExceptionDecision, VeeException } from './exception-schema.ts';

export interface FailedStretch {
  supplyId: string;
  from: string;
  to: string;
  checks: readonly CheckName[];
  /** As the exception has them. */
  failures: readonly string[];
}

export async function decisionOn(
  session: TenantSession,
  stretch: FailedStretch,
): Promise<ExceptionDecision | undefined> {
  const id = exceptionIdOf(stretch.supplyId, stretch.from);
  const exception = await session.get(veeExceptionEntity, { id }, { consistent: true });
  return exception !== undefined && covers(exception, stretch) ? exception.decision : undefined;
}

export const covers = (
  { to, checks, failures }: VeeException,
  stretch: Pick<FailedStretch, 'to' | 'checks' | 'failures'>,
): boolean =>
  stretch.to <= to &&
  stretch.checks.every((check) => checks.includes(check)) &&
  stretch.failures.every((failure) => failures.includes(failure));
