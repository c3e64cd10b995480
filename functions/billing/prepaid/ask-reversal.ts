/** Asks the vendor to take a token back, which it does only while the meter cannot have used it; then the money is the customer's. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { vendReverse } from '../../platform/contract.ts';
import { isRejected, reasonOf } from './ask-vendor.ts';
import { prepaidAccountEntity, readPrepaidAccount } from './prepaid-account.ts';
import { prepaidReversed } from './prepaid-events.ts';
import { planRelease } from './release-money.ts';
import { endVendAlert, raiseVendAlert } from './vend-alert.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';
import { partsPayload, vendPayload } from './vend-payload.ts';

/** @throws AppError as `askVendor` */
export async function askReversal(session: TenantSession, vend: VendRow): Promise<VendRow> {
  const reference = `${vend.id}-reversal-${vend.reversals ?? 1}`;
  const wanted = { providerReference: vend.vendorReference!, reference };
  try {
    const { value } = await vendReverse(session, vend.integrationId!, wanted);
    return value.reversed
      ? await completeReversal(session, vend)
      : await refuseReversal(session, vend, 'The vendor does not take the token back.');
  } catch (error) {
    if (!isAppError(error)) throw error;
    const isCertain = error.code === 'all_providers_failed' || error.code === 'unprocessable';
    // After a lost answer a refusal may mean that it is taken back already: people have to look.
    if (isCertain && !vend.mayBeReversed) return refuseReversal(session, vend, reasonOf(error));
    if (isCertain || error.code === 'outcome_unknown') return waitForOutcome(session, vend, error);
    throw error;
  }
}

export async function completeReversal(session: TenantSession, vend: VendRow): Promise<VendRow> {
  const release = await planRelease(session, vend, 'prepaid_reversal');
  const reason = vend.reversalReason ?? '';
  return session.transact('billing', (unit) => {
    const after = unit.update(vendEntity, vend, {
      status: 'reversed',
      endedAt: session.context.now(),
      outcome: null,
    }) as VendRow;
    release.write(unit);
    endVendAlert(unit, vend, 'The token was taken back.');
    unit.emit(prepaidReversed, {
      aggregateId: vend.id,
      payload: {
        ...vendPayload(after),
        ...partsPayload(after),
        ...(release.returnedAmount === undefined ? {} : { returnedAmount: release.returnedAmount }),
        reason,
      },
    });
    return after;
  });
}

/** The token stays good. */
export async function refuseReversal(session: TenantSession, vend: VendRow, outcome: string): Promise<VendRow> {
  const account = await readPrepaidAccount(session, vend.supplyId!);
  return session.transact('billing', (unit) => {
    if (account?.openVendId === vend.id)
      unit.update(prepaidAccountEntity, account, { openVendId: null }, { isAudited: false });
    endVendAlert(unit, vend, 'The token stays good.');
    return unit.update(vendEntity, vend, { status: 'vended', outcome, mayBeReversed: null }) as VendRow;
  });
}

async function waitForOutcome(session: TenantSession, vend: VendRow, error: AppError): Promise<VendRow> {
  const needsPeople = vend.mayBeReversed && isRejected(error);
  return session.transact('billing', (unit) => {
    if (needsPeople)
      raiseVendAlert(unit, vend, 'outcome', `Reversal of token ${vend.id}: ${reasonOf(error)}`, {
        en: `It is not known whether a token of meter ${vend.meterNumber} was taken back`,
        ar: `لا يُعرف هل أُلغي رمز شحن للعداد ${vend.meterNumber}`,
      });
    return unit.update(vendEntity, vend, {
      attempts: vend.attempts + 1,
      outcome: reasonOf(error),
      mayBeReversed: true,
    }) as VendRow;
  });
}
