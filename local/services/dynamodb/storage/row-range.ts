/**
 * Writes the SQL of ordered reads: one partition with a range of sort keys, or a segment of the whole table, from a
 * start position on, in either direction. Bounds are encoded keys, so SQLite's order is DynamoDB's.
 */

export interface Bound {
  key: Uint8Array;
  inclusive: boolean;
}

export interface RowRange {
  /** Only this partition. */
  partition?: Uint8Array;
  /** Sort keys within the partition. */
  lower?: Bound;
  upper?: Bound;
  /** Partitions from `from` up to before `to`; without `to` up to the end. */
  segment?: { from: Uint8Array; to?: Uint8Array };
  /** Only rows behind this position, which has one key for every ordering column. */
  after?: Uint8Array[];
  reverse: boolean;
}

/** @param columns all key columns in order; the first is the partition, the second the sort key */
export function rangeClause(range: RowRange, columns: readonly string[]): { sql: string; parameters: Uint8Array[] } {
  const conditions: string[] = [];
  const parameters: Uint8Array[] = [];
  const add = (condition: string, ...keys: Uint8Array[]) => {
    conditions.push(condition);
    parameters.push(...keys);
  };
  const [partition, sort] = columns as [string, string];
  const ordering = range.partition === undefined ? columns : columns.slice(1);
  if (range.partition !== undefined) add(`${partition} = ?`, range.partition);
  if (range.segment !== undefined) {
    add(`${partition} >= ?`, range.segment.from);
    if (range.segment.to !== undefined) add(`${partition} < ?`, range.segment.to);
  }
  if (range.lower !== undefined) add(`${sort} ${range.lower.inclusive ? '>=' : '>'} ?`, range.lower.key);
  if (range.upper !== undefined) add(`${sort} ${range.upper.inclusive ? '<=' : '<'} ?`, range.upper.key);
  if (range.after !== undefined) {
    const places = ordering.map(() => '?').join(', ');
    add(`(${ordering.join(', ')}) ${range.reverse ? '<' : '>'} (${places})`, ...range.after);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')} `;
  const direction = range.reverse ? ' DESC' : '';
  return { sql: `${where}ORDER BY ${ordering.map((column) => column + direction).join(', ')}`, parameters };
}
