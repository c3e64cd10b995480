/**
 * How many decimals an amount of a currency has. ISO 4217 calls it the minor unit; most currencies have two, so the
 * table holds every active currency that differs, and the codes that exist.
 * @see https://www.iso.org/iso-4217-currency-codes.html
 */

const withoutDecimals = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const withThreeDecimals = 'BHD IQD JOD KWD LYD OMR TND';
const withFourDecimals = 'CLF UYW';
const withTwoDecimals =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP ' +
  'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES ' +
  'KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK ' +
  'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB ' +
  'TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG';

const exponents = new Map<string, number>(
  (
    [
      [withTwoDecimals, 2],
      [withoutDecimals, 0],
      [withThreeDecimals, 3],
      [withFourDecimals, 4],
    ] as const
  ).flatMap(([codes, exponent]) => codes.split(' ').map((code) => [code, exponent] as const)),
);

/** Codes of all currencies amounts can be in. */
export const currencyCodes: readonly string[] = [...exponents.keys()].sort();

export const isCurrency = (code: string): boolean => exponents.has(code);

/**
 * Decimals of an amount in the currency: 2 for YER, 3 for KWD, 0 for JPY.
 * @throws RangeError when there is no such currency
 */
export function currencyExponent(code: string): number {
  const exponent = exponents.get(code);
  if (exponent === undefined) throw new RangeError(`"${code}" is no currency of ISO 4217.`);
  return exponent;
}
