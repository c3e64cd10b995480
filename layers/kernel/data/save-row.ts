/** Saves a row that there is one of, such as settings. Of two who save it at once, also for the first time, the later one stands. */
import type { Entity, ItemOf, KeyOf, Stored } from './entity.ts';
import { retryOnChangeOrMade } from './retry-on-change.ts';
import type { TenantSession } from './session.ts';

/** @param row with its key; what it leaves out stays as it was */
export const saveRow = <E extends Entity>(
  session: TenantSession,
  entity: E,
  row: ItemOf<E> & KeyOf<E>,
): Promise<ItemOf<E> & Stored> =>
  retryOnChangeOrMade(async () => {
    const before = await session.get(entity, row, { consistent: true });
    return session.transact(entity.table, (unit) =>
      before === undefined ? unit.create(entity, row) : unit.update(entity, before, row),
    );
  });
