/**
 * Opaque paging cursors. A cursor carries DynamoDB's last evaluated key; it is only accepted for the
 * partition it came from, so a cursor of another tenant or another list is refused.
 */
import { AppError } from '../errors/app-error.ts';

export type StartKey = Record<string, string>;

export function encodeCursor(lastEvaluatedKey: Record<string, unknown> | undefined): string | null {
  if (lastEvaluatedKey === undefined) return null;
  return Buffer.from(JSON.stringify(lastEvaluatedKey)).toString('base64url');
}

/**
 * @param expected the partition attribute of the queried index and its value
 * @param tenantPrefix what every partition key in the cursor must begin with
 * @param names the attributes a key of the queried index has
 */
export function decodeCursor(
  cursor: string | undefined,
  expected: { attribute: string; value: string },
  tenantPrefix: string,
  names: readonly string[],
): StartKey | undefined {
  if (cursor === undefined) return undefined;
  const key = parse(cursor);
  const keysAreOwn = Object.entries(key).every(
    ([name, value]) => !name.endsWith('pk') || value.startsWith(tenantPrefix),
  );
  const isWhole = Object.keys(key).length === names.length && names.every((name) => Object.hasOwn(key, name));
  if (key[expected.attribute] !== expected.value || !keysAreOwn || !isWhole) throw new AppError('invalid_cursor');
  return key;
}

/** The sort key that a cursor goes on after. @param attribute of the queried index */
export const sortKeyOfCursor = (cursor: string, attribute: string): string => parse(cursor)[attribute]!;

function parse(cursor: string): StartKey {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof key === 'object' && key !== null && Object.values(key).every((value) => typeof value === 'string'))
      return key;
  } catch {
    // Falls through to the one error for every unreadable cursor.
  }
  throw new AppError('invalid_cursor');
}

/** With a cursor of the client's, where to start is the only thing that DynamoDB can find invalid in a query. */
export function cursorProblem(error: unknown, cursor: string | undefined): unknown {
  const isKey = cursor !== undefined && (error as Error).name === 'ValidationException';
  return isKey ? new AppError('invalid_cursor', undefined, { cause: error }) : error;
}
