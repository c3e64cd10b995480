/**
 * The numbers of IEC 62055-41 that people type and read: a meter's decoder reference number, its base date, and tokens in
 * groups of four digits. Which keys stand behind them only the vending server knows.
 */
import { checkDigit } from '../customers/account-number.ts';

/**
 * Whether it is a decoder reference number: 11 digits (two of the manufacturer) or 13 (four), the last one a check digit by
 * Luhn's method over the others (IEC 62055-41, 6.1.2, and ISO/IEC 7812-1).
 */
export const isMeterNumber = (text: string): boolean =>
  /^(\d{11}|\d{13})$/.test(text) && checkDigit(text.slice(0, -1)) === Number(text.at(-1));

/** Years in which the counting of token identifiers can begin, at 1 January 00:00 (IEC 62055-41, 6.3.5; STS 600-4-2). */
export const baseDates = [1993, 2014, 2035] as const;
export type BaseDate = (typeof baseDates)[number];

/** A token identifier counts minutes in 24 bits. */
const tokenIdentifiers = 2 ** 24;

/** The first moment (milliseconds) whose tokens a meter of this base date no longer takes; of 1993 it was 24 November 2024. */
export const rollOverAt = (baseDate: BaseDate): number => Date.UTC(baseDate, 0, 1) + tokenIdentifiers * 60_000;

/** `1234 5678 9012 3456 7890` */
export const groupToken = (token: string): string => token.replace(/(\d{4})(?=\d)/g, '$1 ');

/** Several are numbered: of two on a line of Arabic nobody could tell which comes first. */
export const listTokens = (tokens: readonly string[]): string =>
  tokens.length === 1 ? groupToken(tokens[0]!) : tokens.map((token, i) => `(${i + 1}) ${groupToken(token)}`).join(' ');

/** What may be shown to those who must not use it: the first and the last group. */
export const maskToken = (token: string): string =>
  `${token.slice(0, 4)} ${'•••• '.repeat(Math.max(0, Math.ceil(token.length / 4) - 2))}${token.slice(-4)}`;

/** A text with every token in it masked, as `groupToken` writes tokens. */
export const maskTokensIn = (text: string): string =>
  text.replace(/\d{4}(?: \d{1,4}){3,}/g, (token) => maskToken(token.replaceAll(' ', '')));
