/** What entries of prepaid energy say beside their type: which meter, and how much energy, in both languages. */
import type { AccountEntry } from './account-entity.ts';

export interface EntryText {
  en: string;
  ar: string;
}

/** @returns undefined where the type and the reference say everything, as an invoice and its number do */
export function describeEntry({ type, token }: Pick<AccountEntry, 'type' | 'token'>): EntryText | undefined {
  if (token === undefined) return undefined;
  const { meterNumber, energyKwh } = token;
  const en = energyKwh === undefined ? '' : `${energyKwh} kWh, `;
  const ar = energyKwh === undefined ? '' : `${energyKwh} ك.و.س، `;
  switch (type) {
    case 'prepaid_payment':
      return {
        en: `Paid for a token: ${en}meter ${meterNumber}`,
        ar: `سداد مقابل رمز شحن: ${ar}العداد ${meterNumber}`,
      };
    case 'prepaid_sale':
      return { en: `Token: ${en}meter ${meterNumber}`, ar: `رمز شحن: ${ar}العداد ${meterNumber}` };
    case 'prepaid_reversal':
      return { en: `Token taken back: ${en}meter ${meterNumber}`, ar: `إلغاء رمز شحن: ${ar}العداد ${meterNumber}` };
    case 'prepaid_credit':
      return {
        en: `Credit left in meter ${meterNumber}: ${en}given back`,
        ar: `رصيد متبقٍ في العداد ${meterNumber}: ${ar}أُعيد للحساب`,
      };
    case 'payment':
      return { en: `No token could be made, meter ${meterNumber}`, ar: `تعذّر إصدار رمز شحن، العداد ${meterNumber}` };
    default:
      return undefined;
  }
}
