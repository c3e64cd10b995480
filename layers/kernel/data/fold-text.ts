/**
 * Letters that people write one way or another become one, so that who searches finds a name however it was written: أحمد and احمد,
 * فاطمة and فاطمه, José and JOSE. Text is decomposed (Unicode Standard Annex #15, NFKD: a hamza on or under its letter becomes a mark,
 * presentation forms become letters), marks are left out, and the letters that the search collation of CLDR's root locale holds equal
 * at its first level (ا ٱ, ه ة, ي ى: https://unicode.org/reports/tr35/tr35-collation.html) are made one, as are their Persian
 * and Urdu forms. Letters are compared without case (The Unicode Standard, 3.13), Arabic digits by their value.
 */

/** What a letter is the same as; of Latin ones those that have no decomposition. */
const same: Readonly<Record<string, string>> = {
  ٱ: 'ا',
  ة: 'ه',
  ە: 'ه',
  ہ: 'ه',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
};
const variants = new RegExp(`[${Object.keys(same).join('')}]`, 'gu');
/** Marks such as harakat, letters that only lengthen or modify (tatweel, ʿ), apostrophes, and what sets a direction. */
const unwritten = /[\p{Mn}\p{Lm}\p{Cf}'’‘`´]/gu;
/** Blocks of ten digits: Arabic-Indic, and as Persian and Urdu have them. */
const digits = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** عبد before a name of God, which is written apart or in one. */
const servant = /(?<=^| )عبد (?=ال)/g;

/** @returns words in small letters and digits, one space between them; empty where the text has none */
export function foldText(text: string): string {
  return (
    text
      .normalize('NFKD')
      // By way of capitals: that of ß is SS.
      .toUpperCase()
      .toLowerCase()
      // After letters were made small: İ is an i and a mark then.
      .replace(unwritten, '')
      .replace(variants, (letter) => same[letter]!)
      .replace(digits, (digit) => String(digit.charCodeAt(0) & 0xf))
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
      .trim()
      .replace(servant, 'عبد')
  );
}
