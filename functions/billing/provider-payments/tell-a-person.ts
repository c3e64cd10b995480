/** Money at a provider that only a person can judge: raised as an alert, once for each checkout or refund. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { publishAlert } from '../../platform/contract.ts';

export function tellAPerson(
  session: TenantSession,
  subject: { kind: 'checkout' | 'refund'; id: string },
  outcome: string,
): Promise<void> {
  const { kind, id } = subject;
  return publishAlert(
    session,
    'billing',
    {
      alertType: 'business',
      severity: 'warning',
      title:
        kind === 'refund'
          ? { en: `What became of refund ${id} is not known`, ar: `لا يُعرف مصير الرد ${id}` }
          : { en: `Checkout ${id} needs a person`, ar: `عملية الدفع ${id} تحتاج إلى مراجعة` },
      sourceSystem: 'billing',
      alertData: { kind, id, outcome },
      dedupeKey: `${kind}/${id}`,
    },
    `${kind}-${id}`,
  );
}
