/**
 * Saves a row that there is one of, such as settings. Of two who save it at once, also for the first time, the later one stands;
 * who says which version is to be replaced is refused instead.
 */
import { AppError, isAppError } from '../errors/app-error.ts';
import type { Entity, ItemOf, KeyOf, Stored } from './entity.ts';
import { retryOnChangeOrMade } from './retry-on-change.ts';
import type { TenantSession } from './session.ts';

interface SaveOptions<E extends Entity> {
  /** Attributes that are removed when the row leaves them out; others stay as they were. */
  removable?: readonly (keyof ItemOf<E>)[];
  /** The version that is to be replaced, 0 for none. @default any */
  expectedVersion?: number | undefined;
}

/** The row as it is first saved, of which the given one may then leave out what it does not change. */
interface Initial<E extends Entity> {
  initial: Omit<ItemOf<E>, keyof KeyOf<E>>;
}

/** @param row with its key @throws AppError `version_conflict` where a version was named and it is another */
export function saveRow<E extends Entity>(
  session: TenantSession,
  entity: E,
  row: ItemOf<E> & KeyOf<E>,
  options?: SaveOptions<E>,
): Promise<ItemOf<E> & Stored>;
export function saveRow<E extends Entity>(
  session: TenantSession,
  entity: E,
  row: Partial<ItemOf<E>> & KeyOf<E>,
  options: SaveOptions<E> & Initial<E>,
): Promise<ItemOf<E> & Stored>;
export function saveRow<E extends Entity>(
  session: TenantSession,
  entity: E,
  row: ItemOf<E> & KeyOf<E>,
  { removable = [], expectedVersion, initial }: SaveOptions<E> & Partial<Initial<E>> = {},
): Promise<ItemOf<E> & Stored> {
  const removed = Object.fromEntries(removable.filter((name) => row[name] === undefined).map((name) => [name, null]));
  const save = async (): Promise<ItemOf<E> & Stored> => {
    const before = await session.get(entity, row, { consistent: true });
    if (expectedVersion !== undefined && expectedVersion !== (before?.version ?? 0))
      throw new AppError('version_conflict');
    return session.transact(entity.table, (unit) =>
      before === undefined
        ? unit.create(entity, { ...initial, ...row })
        : unit.update(entity, before, { ...row, ...removed }),
    );
  };
  if (expectedVersion === undefined) return retryOnChangeOrMade(save);
  return save().catch((error: unknown) => {
    throw isAppError(error) && error.code === 'already_exists' ? new AppError('version_conflict') : error;
  });
}
