/**
 * Phone numbers as people write them, to E.164. A number without a country belongs to the given one, or to the only
 * country of those below whose mobile numbers look like it: `09123456789` can only be Iranian, `77…` of nine digits only
 * Yemeni. The whole world's numbering plans would weigh more than the rest of a function.
 */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';

export const phoneCountries = ['YE', 'SA', 'AE', 'IR', 'KZ'] as const;
export type PhoneCountry = (typeof phoneCountries)[number];

interface Plan {
  callingCode: string;
  /** What is dialled before a national number at home. */
  trunk: string;
  /** National mobile numbers, without trunk prefix. */
  mobile: RegExp;
}

/** National numbering plans as filed with the ITU (https://www.itu.int/oth/T0202.aspx?parent=T0202). */
const plans: Record<PhoneCountry, Plan> = {
  YE: { callingCode: '967', trunk: '0', mobile: /^7[013789]\d{7}$/ },
  SA: { callingCode: '966', trunk: '0', mobile: /^5\d{8}$/ },
  AE: { callingCode: '971', trunk: '0', mobile: /^5[024568]\d{7}$/ },
  IR: { callingCode: '98', trunk: '0', mobile: /^9\d{9}$/ },
  KZ: { callingCode: '7', trunk: '8', mobile: /^7\d{9}$/ },
};

const e164 = /^\+[1-9]\d{6,14}$/;

/** @returns `+967771234567`, or undefined for what is no phone number, or one of more than one country */
export function normalisePhone(written: string, country?: PhoneCountry): string | undefined {
  const text = asciiDigits(written)
    .replace(/[\s\u200e\u200f\u202a-\u202e().-]/gu, '')
    .replace(/^00/, '+');
  if (text.startsWith('+')) return e164.test(text) ? text : undefined;
  if (!/^\d{7,15}$/.test(text)) return undefined;
  const own = country && national(text, plans[country]);
  if (own) return own;
  const others = phoneCountries.flatMap((name) => national(text, plans[name]) ?? []);
  return others.length === 1 ? others[0] : undefined;
}

function national(digits: string, { callingCode, trunk, mobile }: Plan): string | undefined {
  for (const candidate of [digits, cut(digits, trunk), cut(digits, callingCode)])
    if (candidate !== undefined && mobile.test(candidate)) return `+${callingCode}${candidate}`;
  return undefined;
}

const cut = (digits: string, prefix: string): string | undefined =>
  digits.startsWith(prefix) ? digits.slice(prefix.length) : undefined;

/** Arabic-Indic (U+0660) and Persian (U+06F0) digits are digits too. */
function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** A phone number as a person types it; which number it is depends on the country, see `normalisePhone`. */
export const writtenPhone = () =>
  z
    .string()
    .check(
      z.maxLength(40),
      z.regex(
        /^[+\d\u0660-\u0669\u06f0-\u06f9\s().-]{7,}$/,
        fieldMessage('Not a phone number, e.g. +967771234567.', 'ليس رقم هاتف، مثل ‎+967771234567.'),
      ),
    );
