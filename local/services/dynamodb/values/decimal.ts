/**
 * Exact decimal numbers. DynamoDB keeps up to 38 significant digits between 1E-130 and 9.99E+125, which no
 * JavaScript number can.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */

/** `0.digits × 10^(exponent + 1)`: the first digit stands for `10^exponent`. Zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  /** Significant digits without leading or trailing zeros. */
  readonly digits: string;
  readonly exponent: number;
}

const zero: Decimal = { negative: false, digits: '', exponent: 0 };
const numberPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads a number, or returns undefined when the text is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = numberPattern.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  return decimalOf(sign === '-', whole + fraction, Number(power) - fraction.length);
}

/** `±digits × 10^scale` in normal form. */
function decimalOf(negative: boolean, allDigits: string, scale: number): Decimal {
  const leading = allDigits.replace(/^0+/, '');
  if (leading === '') return zero;
  const digits = leading.replace(/0+$/, '');
  return { negative, digits, exponent: scale + leading.length - 1 };
}

/** Plain notation without superfluous zeros, the form in which DynamoDB hands numbers out. */
export function formatDecimal({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0';
  const sign = negative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  const signs = signOf(a) - signOf(b);
  if (signs !== 0 || a.digits === '') return signs;
  const magnitudes = a.exponent - b.exponent || (a.digits === b.digits ? 0 : a.digits < b.digits ? -1 : 1);
  return a.negative ? 0 - magnitudes : magnitudes;
}

/** Exact sum; the caller checks the 38 digits. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.min(scaleOf(a), scaleOf(b));
  const sum = integerAt(a, scale) + integerAt(b, scale);
  return decimalOf(sum < 0n, (sum < 0n ? -sum : sum).toString(), scale);
}

export function negateDecimal(value: Decimal): Decimal {
  return value.digits === '' ? value : { ...value, negative: !value.negative };
}

function signOf({ negative, digits }: Decimal): number {
  return digits === '' ? 0 : negative ? -1 : 1;
}

/** Power of ten of the last digit. */
function scaleOf({ digits, exponent }: Decimal): number {
  return exponent - digits.length + 1;
}

function integerAt(value: Decimal, scale: number): bigint {
  if (value.digits === '') return 0n;
  const magnitude = BigInt(value.digits) * 10n ** BigInt(scaleOf(value) - scale);
  return value.negative ? -magnitude : magnitude;
}
