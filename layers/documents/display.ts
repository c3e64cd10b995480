/** Numbers, amounts and days as people read them in Arabic and English. Exact: text goes in as decimals and is only grouped. */

export type Language = 'ar' | 'en';
/** In Arabic texts; English ones have Latin digits always. */
export type Digits = 'latin' | 'arabic';

export interface DisplayStyle {
  language: Language;
  digits: Digits;
}

const arabicDigits = '٠١٢٣٤٥٦٧٨٩';

/** Writes the digits of a text as the style wants them. */
export function inDigits(text: string, { language, digits }: DisplayStyle): string {
  return language === 'ar' && digits === 'arabic' ? text.replace(/\d/g, (digit) => arabicDigits[Number(digit)]!) : text;
}

const leftToRightMark = '\u200e';
const arabicLetterMark = '\u061c';

/** A code such as a meter's or an invoice's number, kept from left to right among Arabic letters (UAX #9, rule W2). */
export const displayCode = (code: string, { language }: Pick<DisplayStyle, 'language'>): string =>
  language === 'ar' ? leftToRightMark + code : code;

/** `-1234567.5` becomes `-1,234,567.5`, or `-١٬٢٣٤٬٥٦٧٫٥` with Arabic digits (separators of Unicode CLDR). */
export function displayNumber(decimal: string, style: DisplayStyle): string {
  const [, sign = '', whole = '', fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal) ?? [];
  if (whole === '') throw new RangeError(`"${decimal}" is no decimal number.`);
  const isArabic = style.language === 'ar' && style.digits === 'arabic';
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, isArabic ? '٬' : ',');
  const text = `${sign}${grouped}${fraction === undefined ? '' : `${isArabic ? '٫' : '.'}${fraction}`}`;
  // The marks of CLDR's Arabic number formats: they keep the sign on its side of the digits.
  const mark = sign === '' || style.language === 'en' ? '' : isArabic ? arabicLetterMark : leftToRightMark;
  return mark + (isArabic ? inDigits(text, style) : text);
}

const names = new Map<string, string>();

/** The name of a currency: its code in English, its Arabic name in Arabic. */
function displayCurrency(currency: string, { language }: Pick<DisplayStyle, 'language'>): string {
  if (language === 'en') return currency;
  let name = names.get(currency);
  if (name === undefined) {
    name = new Intl.DisplayNames(['ar'], { type: 'currency' }).of(currency) ?? currency;
    names.set(currency, name);
  }
  return name;
}

export const displayAmount = (amount: string, currency: string, style: DisplayStyle): string =>
  `${displayNumber(amount, style)} ${displayCurrency(currency, style)}`;

/** Months by the names used in Arabia's east and in Yemen, as in the Gregorian months of the business calendar. */
const months = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  ar: ['يناير', 'فبراير', 'مارس', 'أبريل', 'مايو', 'يونيو', 'يوليو', 'أغسطس', 'سبتمبر', 'أكتوبر', 'نوفمبر', 'ديسمبر'],
} as const;

/** A local day, `2026-04-30`, as `30 Apr 2026`. */
export function displayDay(day: string, style: DisplayStyle): string {
  return inDigits(
    `${Number(day.slice(8, 10))} ${months[style.language][Number(day.slice(5, 7)) - 1]} ${day.slice(0, 4)}`,
    style,
  );
}

/** The name of the month of a local day. */
export const displayMonth = (day: string, { language }: Pick<DisplayStyle, 'language'>): string =>
  months[language][Number(day.slice(5, 7)) - 1]!;

/** @param to first day after */
export function displayPeriod(from: string, to: string, style: DisplayStyle): string {
  const last = new Date(Date.parse(to) - 86_400_000).toISOString().slice(0, 10);
  return style.language === 'ar'
    ? `${displayDay(from, style)} إلى ${displayDay(last, style)}`
    : `${displayDay(from, style)} to ${displayDay(last, style)}`;
}
