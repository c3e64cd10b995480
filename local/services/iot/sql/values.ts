/**
 * The data types of AWS IoT SQL and their standard conversions. Undefined is a value of the language:
 * a conversion that is not possible gives it, and it is left out of JSON.
 * Numbers are doubles here, where AWS carries 34 digits.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-data-types.html
 */
export type SqlValue = string | number | boolean | null | undefined | Buffer | SqlValue[] | { [key: string]: SqlValue };

const DECIMAL = /^-?\d+(\.\d+)?(E-?\d+)?$/i;

/** "To decimal": numbers, and strings that look like one. */
export function toDecimal(value: SqlValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !DECIMAL.test(value)) return undefined;
  const decimal = Number(value);
  return Number.isFinite(decimal) ? decimal : undefined;
}

/** Function arguments that take an Int round down; see the argument tables of the function reference. */
export function toInt(value: SqlValue): number | undefined {
  const decimal = toDecimal(value);
  return decimal === undefined ? undefined : Math.floor(decimal);
}

export function toBoolean(value: SqlValue): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** "To string": null and undefined have none. */
export function toText(value: SqlValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function isObject(value: SqlValue): value is { [key: string]: SqlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** A key of an object; never an inherited one. */
export function memberOf(value: SqlValue, name: string): SqlValue {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The casts beyond the standard conversions: numbers from and to Booleans. @see …/iot-sql-functions.html#iot-sql-function-cast */
export const CASTS: Readonly<Record<string, (value: SqlValue) => SqlValue>> = {
  string: toText,
  nvarchar: toText,
  text: toText,
  ntext: toText,
  varchar: toText,
  int: (value) => (typeof value === 'boolean' ? Number(value) : toInt(value)),
  integer: (value) => (typeof value === 'boolean' ? Number(value) : toInt(value)),
  double: (value) => (typeof value === 'boolean' ? Number(value) : toDecimal(value)),
  decimal: (value) => (typeof value === 'boolean' ? Number(value) : toDecimal(value)),
  bool: (value) => (typeof value === 'number' ? value !== 0 : toBoolean(value)),
  boolean: (value) => (typeof value === 'number' ? value !== 0 : toBoolean(value)),
};
