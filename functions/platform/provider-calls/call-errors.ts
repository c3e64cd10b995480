/** The errors a call of providers ends with: each cause by its integration, as people call it. */
import type { FailedAttempt } from '../../../layers/integrations/engine/run-with-fallback.ts';
import type { ProviderKind } from '../../../layers/integrations/provider.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

const causes = (failures: readonly FailedAttempt[]) =>
  failures.map(({ code, provider, reason, message }) => ({
    in: 'body' as const,
    path: `/providers/${code}`,
    message: `${provider}: ${reason}: ${message}`,
  }));

/** What each provider said, of an error of a call that failed everywhere; for callers that act on it. */
export const failuresOf = (error: unknown): readonly FailedAttempt[] =>
  (error as { cause?: { failures?: FailedAttempt[] } } | undefined)?.cause?.failures ?? [];

/** Nothing happened anywhere; for a message: nobody is known to have taken it. */
export function allProvidersFailed(kind: ProviderKind, failures: readonly FailedAttempt[]): AppError {
  const list = failures.map(({ code, reason }) => `${code} (${reason})`).join(', ');
  return new AppError('all_providers_failed', `All providers of the kind ${kind} failed: ${list}`, {
    values: { causes: list },
    details: causes(failures),
    cause: Object.assign(new Error(list), { failures }),
  });
}

/** The provider may have acted, and nobody else was asked. */
export function outcomeUnknown(failures: readonly FailedAttempt[], cause?: Error): AppError {
  return new AppError('outcome_unknown', undefined, { details: causes(failures), ...(cause ? { cause } : {}) });
}
