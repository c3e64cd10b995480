/** One record, and what makes the service reject it. @see https://docs.aws.amazon.com/timestream/latest/developerguide/API_Record.html */
export interface TimestreamRecord {
  Dimensions?: { Name: string; Value: string; DimensionValueType?: string }[];
  MeasureName?: string;
  MeasureValue?: string;
  MeasureValueType?: string;
  MeasureValues?: { Name: string; Value: string; Type: string }[];
  Time?: string;
  TimeUnit?: string;
  Version?: number;
}

const TIME_UNITS = ['SECONDS', 'MILLISECONDS', 'MICROSECONDS', 'NANOSECONDS'];

const VALUE_CHECKS: Record<string, (value: string) => boolean> = {
  DOUBLE: (value) => value.trim() !== '' && !Number.isNaN(Number(value)),
  BIGINT: (value) => /^-?\d+$/.test(value),
  BOOLEAN: (value) => /^(true|false|0|1|t|f)$/i.test(value),
  VARCHAR: (value) => Buffer.byteLength(value) <= 2048,
  TIMESTAMP: (value) => /^\d+$/.test(value),
};

/** Why the record is rejected, or undefined. */
export function checkRecord(record: TimestreamRecord): string | undefined {
  const {
    Dimensions = [],
    MeasureName,
    MeasureValue = '',
    MeasureValueType = 'DOUBLE',
    MeasureValues = [],
    Time,
    TimeUnit = 'MILLISECONDS',
  } = record;
  if (MeasureName === undefined || MeasureName === '') return 'A record needs a measure name.';
  if (Dimensions.length === 0 || Dimensions.some(({ Name, Value }) => !Name || !Value))
    return 'A record needs dimensions with names and values.';
  if (new Set(Dimensions.map(({ Name }) => Name)).size < Dimensions.length)
    return 'Each dimension name must be used once.';
  if (Time === undefined || !/^\d+$/.test(Time) || !TIME_UNITS.includes(TimeUnit))
    return 'A record needs a time in a known unit.';
  const measures =
    MeasureValueType === 'MULTI' ? MeasureValues : [{ Name: MeasureName, Value: MeasureValue, Type: MeasureValueType }];
  if (measures.length === 0) return 'A record of type MULTI needs measure values.';
  const wrong = measures.find(({ Type, Value }) => !VALUE_CHECKS[Type]?.(Value));
  return wrong && `The value of measure ${wrong.Name} is no ${wrong.Type}.`;
}

/** @see https://docs.aws.amazon.com/timestream/latest/developerguide/metering-and-pricing.writes.html */
export function recordBytes({
  Dimensions = [],
  MeasureName = '',
  MeasureValue = '',
  MeasureValueType,
  MeasureValues = [],
}: TimestreamRecord): number {
  const dimensions = Dimensions.reduce(
    (total, { Name, Value }) => total + Buffer.byteLength(Name) + Buffer.byteLength(Value),
    0,
  );
  const measures =
    MeasureValueType === 'MULTI'
      ? MeasureValues
      : [{ Name: '', Value: MeasureValue, Type: MeasureValueType ?? 'DOUBLE' }];
  const values = measures.reduce(
    (total, { Name, Value, Type }) => total + Buffer.byteLength(Name) + valueBytes(Value, Type),
    0,
  );
  return dimensions + Buffer.byteLength(MeasureName) + values + 8;
}

function valueBytes(value: string, type: string): number {
  if (type === 'BOOLEAN') return 1;
  return type === 'VARCHAR' ? Buffer.byteLength(value) : 8;
}
