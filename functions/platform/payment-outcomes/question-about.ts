/** How a provider is asked what became of a payment, a capture or a refund whose answer was lost, and what its answer means. */
import type { PaymentOrder, ProviderPayment } from '../../../layers/integrations/provider.ts';
import type { Money } from '../../../layers/money/money.ts';

/** The cause of an `outcome_unknown` where the provider answered that it knows nothing of it, now. */
export const notTaken = new Error('The provider knows nothing of it.');

/**
 * - `done`: it happened
 * - `not_taken`: it did not, as far as the provider knows now
 * - `unclear`: the answer fits both
 */
export type Verdict = 'done' | 'not_taken' | 'unclear';

export interface Question {
  /** A reading operation of payments, with its arguments. */
  operation: 'find' | 'verify';
  args: readonly unknown[];
  judge(answer: ProviderPayment | null | undefined): Verdict;
}

/** @param operation `create`, `capture` or `refund`, with the arguments it was called with */
export function questionAbout(operation: string, args: readonly unknown[]): Question {
  if (operation === 'create')
    return { operation: 'find', args: [args[0] as PaymentOrder], judge: (answer) => (answer ? 'done' : 'not_taken') };
  const [providerReference, amount, reference] = args as [string, Money, string];
  const order: PaymentOrder = { reference, amount, description: reference };
  const verdicts = operation === 'capture' ? ofCapture : ofRefund;
  return {
    operation: 'verify',
    args: [providerReference, order],
    judge: (answer) => (answer ? (verdicts[answer.status] ?? 'unclear') : 'unclear'),
  };
}

type Verdicts = Partial<Record<ProviderPayment['status'], Verdict>>;
const ofCapture: Verdicts = { captured: 'done', refunded: 'done', partially_refunded: 'done', authorised: 'not_taken' };
/** A part given back may be this refund or an earlier one: only a person can tell. */
const ofRefund: Verdicts = { refunded: 'done', captured: 'not_taken' };
