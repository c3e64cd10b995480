/** Asks for a sold token to be taken back. Only the last one of a supply can be: what came after it was priced after it. */
import { retryOnChange } from '../../../layers/kernel/data/retry-on-change.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import { completeReversal, refuseReversal } from './ask-reversal.ts';
import { prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import { makeNow } from './request-vend.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';

/** @throws AppError `not_found`, `conflict` */
export async function reverseVend(session: TenantSession, id: string, reason: string): Promise<VendRow> {
  await retryOnChange(async () => {
    const vend = await session.require(vendEntity, { id });
    if (vend.kind !== 'credit' || vend.status !== 'vended')
      throw refused('Only a token that was paid for and made can be taken back.', 'لا يُلغى إلا رمز شحن مدفوع ومُصدر.');
    const account = await readPrepaidAccount(session, vend.supplyId!);
    if (account === undefined || account.isClosed)
      throw refused('The supply takes no tokens any more.', 'لم يعد التوريد يقبل رموز الشحن.');
    if (account.openVendId !== undefined)
      throw refused('Another token of the supply is being made.', 'يجري إصدار رمز شحن آخر لهذا التوريد.');
    if (account.lastVendId !== id)
      throw refused('Only the last token of a supply can be taken back.', 'لا يُلغى إلا آخر رمز شحن للتوريد.');
    return session.transact('billing', (unit) => {
      unit.update(prepaidAccountEntity, account, { openVendId: id }, { isAudited: false });
      return unit.update(vendEntity, vend, {
        status: 'reversing',
        reversalReason: reason,
        attempts: 0,
        reversals: (vend.reversals ?? 0) + 1,
        outcome: null,
      });
    });
  });
  return makeNow(session, id);
}

/** What people found out at the vendor, where its answer was lost. @throws AppError `not_found`, `conflict` */
export async function settleReversal(session: TenantSession, id: string, isReversed: boolean): Promise<VendRow> {
  const vend = await session.require(vendEntity, { id });
  if (vend.status !== 'reversing' || !vend.mayBeReversed)
    throw refused('It is known what became of the token.', 'مصير الرمز معروف.');
  return isReversed ? completeReversal(session, vend) : refuseReversal(session, vend, 'The vendor kept the token.');
}

const refused = (en: string, ar: string): AppError => new AppError('conflict', undefined, { texts: { en, ar } });
