/** Says of a payment that it settles, or is taken back, in several transactions of which the first is done: whoever does them may die. */
import * as z from 'zod/mini';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { defineEvent } from '../../../layers/kernel/events/define-event.ts';

export const paymentHalfWay = defineEvent({
  type: 'payment.half_way',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'payment',
  summary: {
    en: 'A payment of very many invoices is being settled or taken back, some of them at a time.',
    ar: 'تجري تسوية دفعة تشمل فواتير كثيرة أو إلغاؤها على مراحل.',
  },
  payload: z.object({ paymentId: z.string() }),
  example: { paymentId: 'pay_01JGFJJZ00ABCDEFGHJKMNPQRS' },
});

/** In the transaction that leaves something to do: what is not done in a minute is gone on with. */
export function emitHalfWay(unit: UnitOfWork, paymentId: string): void {
  unit.emit(paymentHalfWay, { aggregateId: paymentId, payload: { paymentId } });
}
