/** Quantities as people read them: as exact as a meter is, and in Arabic with the forms a number asks for. */
import { type DisplayStyle, displayNumber } from './display.ts';

/** A meter's register has watt-hours at the most. */
const decimals = 3;

/** At most three decimals (half up, away from zero), none of them a trailing zero: `101.100000` becomes `101.1`. */
function roundedQuantity(decimal: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === '') throw new RangeError(`"${decimal}" is no decimal number.`);
  const kept = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const digits = String(kept + (Number(fraction[decimals] ?? '0') >= 5 ? 1n : 0n)).padStart(decimals + 1, '0');
  const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
  return text === '0' ? text : sign + text;
}

/** What is zero is left away. @param decimal decimal text */
export const isZero = (decimal: string): boolean => !/[1-9]/.test(decimal);

export const displayQuantity = (decimal: string, style: DisplayStyle): string =>
  displayNumber(roundedQuantity(decimal), style);

export type CountedUnit = 'month' | 'day';

/** By the plural rules of Unicode CLDR; `{}` is the number, which one and two do without in Arabic. */
const arabic: Record<CountedUnit, Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }> = {
  month: { one: 'شهر', two: 'شهران', few: '{} أشهر', many: '{} شهرًا', other: '{} شهر' },
  day: { one: 'يوم', two: 'يومان', few: '{} أيام', many: '{} يومًا', other: '{} يوم' },
};
const plurals = new Intl.PluralRules('ar');

/** `2` months are `2 months` and `شهران`; `0.633333` are `0.633 months` and `0.633 شهر`. */
export function displayCount(decimal: string, unit: CountedUnit, style: DisplayStyle): string {
  const count = roundedQuantity(decimal);
  const shown = displayNumber(count, style);
  if (style.language === 'en') return `${shown} ${count === '1' ? unit : `${unit}s`}`;
  const form = count.includes('.') ? 'other' : plurals.select(Number(count));
  return (arabic[unit][form] ?? arabic[unit].other).replace('{}', shown);
}
