/** Money at a provider that only a person can judge: raised as an alert, once for each checkout or refund and each decision on it. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { publishAlert } from '../../platform/contract.ts';

const titles = {
  refund: (id: string) => ({ en: `What became of refund ${id} is not known`, ar: `لا يُعرف مصير الرد ${id}` }),
  checkout: (id: string) => ({ en: `Checkout ${id} needs a person`, ar: `عملية الدفع ${id} تحتاج إلى مراجعة` }),
  payment: (id: string) => ({ en: `Payment ${id} was not taken back`, ar: `لم تُعكس الدفعة ${id}` }),
};

export function tellAPerson(
  session: TenantSession,
  subject: { kind: keyof typeof titles; id: string; since?: string | undefined },
  outcome: string,
): Promise<void> {
  const { kind, id, since } = subject;
  const again = since === undefined ? '' : `-${since}`;
  return publishAlert(
    session,
    'billing',
    {
      alertType: 'business',
      severity: 'warning',
      title: titles[kind](id),
      sourceSystem: 'billing',
      alertData: { kind, id, outcome },
      dedupeKey: `${kind}/${id}${again}`,
    },
    `${kind}-${id}${again}`,
  );
}
