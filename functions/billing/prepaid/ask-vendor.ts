/**
 * Asks the vendor for a token, always with the vend's own id as the reference: however often it is asked, one token is made.
 * What the vendor says decides how it goes on; only a certain refusal ends it without a token.
 */

import type { VendingToken } from '../../../layers/integrations/provider.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { type AppError, isAppError } from '../../../layers/kernel/errors/app-error.ts';
import { parseMoney } from '../../../layers/money/money.ts';
import {
  type ProviderResult,
  vendClearCredit,
  vendClearTamper,
  vendCredit,
  vendKeyChange,
  vendPowerLimit,
  vendTest,
} from '../../platform/contract.ts';
import { completeVend, failVend } from './end-vend.ts';
import { readPrepaidSettings } from './settings.ts';
import { raiseVendAlert } from './vend-alert.ts';
import { type VendRow, vendEntity } from './vend-entity.ts';

/** @throws AppError `version_conflict`; `idempotency_in_progress` while another worker asks; whatever is no answer of the vendor */
export async function askVendor(session: TenantSession, vend: VendRow): Promise<VendRow> {
  try {
    const { value, integrationId } = await order(session, vend);
    const made = await completeVend(session, vend, { token: value, integrationId });
    await checkToken(session, vend, value);
    return made;
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'outcome_unknown') return waitForOutcome(session, vend, error);
    if (error.code === 'all_providers_failed' || error.code === 'unprocessable')
      return afterRefusal(session, vend, error);
    throw error;
  }
}

function order(session: TenantSession, vend: VendRow): Promise<ProviderResult<VendingToken>> {
  const { meterNumber, id: reference, parts, order: wanted = {} } = vend;
  const common = { meterNumber, reference };
  switch (vend.kind) {
    case 'credit':
    case 'free_units': {
      const { energyKwh, chargedAmount, currency } = parts!;
      const amount = parseMoney(chargedAmount, currency);
      return vendCredit(session, { ...common, energyKwh, ...(amount.minor > 0n ? { amount } : {}) });
    }
    case 'clear_credit':
      return vendClearCredit(session, common);
    case 'clear_tamper':
      return vendClearTamper(session, common);
    case 'power_limit':
      return vendPowerLimit(session, { ...common, limitW: Number(wanted['limitW']) });
    case 'key_change':
      return vendKeyChange(session, {
        ...common,
        supplyGroupCode: String(wanted['supplyGroupCode']),
        keyRevision: Number(wanted['keyRevision']),
        tariffIndex: String(wanted['tariffIndex']),
      });
    case 'test':
      return vendTest(session, { ...common, test: Number(wanted['test']) });
    default:
      return vend.kind satisfies never;
  }
}

/** Nobody knows whether there is a token: the money stays set aside until the vendor says. */
async function waitForOutcome(session: TenantSession, vend: VendRow, error: AppError): Promise<VendRow> {
  const { maxAttempts } = await readPrepaidSettings(session);
  const attempts = vend.attempts + 1;
  return session.transact('billing', (unit) => {
    if (attempts === maxAttempts)
      raiseVendAlert(unit, vend, 'outcome', `The vendor does not say what became of token ${vend.id}.`, {
        en: `A token for meter ${vend.meterNumber} is neither made nor refused`,
        ar: `لا يُعرف مصير رمز شحن للعداد ${vend.meterNumber}`,
      });
    return unit.update(vendEntity, vend, { status: 'unknown', attempts, outcome: reasonOf(error) }) as VendRow;
  });
}

/** Certainly no token: a refusal is final, anything else is tried again for a while. */
async function afterRefusal(session: TenantSession, vend: VendRow, error: AppError): Promise<VendRow> {
  const { maxAttempts } = await readPrepaidSettings(session);
  const attempts = vend.attempts + 1;
  const isFinal = error.code === 'unprocessable' || isRejected(error) || attempts >= maxAttempts;
  if (isFinal) return failVend(session, vend, reasonOf(error));
  return session.transact(
    'billing',
    (unit) => unit.update(vendEntity, vend, { status: 'vending', attempts, outcome: reasonOf(error) }) as VendRow,
  );
}

/** Every vendor said no, rather than nothing: causes read `provider: reason: message`. */
export const isRejected = ({ details = [] }: AppError): boolean =>
  details.length > 0 && details.every(({ message }) => message.split(': ')[1] === 'rejected');

export const reasonOf = (error: AppError): string =>
  (error.details?.map(({ message }) => message).join('; ') || error.message).slice(0, 500);

/** A key change takes at least two tokens (IEC 62055-41, 6.2.7 and 6.2.8), everything else one; energy is what was paid for. */
async function checkToken(session: TenantSession, vend: VendRow, token: VendingToken): Promise<void> {
  const fits =
    vend.kind === 'key_change' ? token.tokens.length >= 2 && token.tokens.length <= 4 : token.tokens.length === 1;
  const isSameEnergy =
    vend.parts === undefined ||
    token.energyKwh === undefined ||
    Number(token.energyKwh) === Number(vend.parts.energyKwh);
  if (fits && isSameEnergy) return;
  await session.transact('billing', (unit) =>
    raiseVendAlert(
      unit,
      vend,
      'wrong',
      `${token.tokens.length} tokens, ${token.energyKwh} kWh for ${vend.parts?.energyKwh}.`,
      {
        en: `The vendor made another token than was ordered for meter ${vend.meterNumber}`,
        ar: `أصدر الموزّع رمزًا مختلفًا عن المطلوب للعداد ${vend.meterNumber}`,
      },
    ),
  );
}
