/**
 * Which of a customer's supplies one is, counted from 1 and never given twice: what makes numbers of invoices unique without
 * asking for each number whether it is taken.
 */
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';

const supplyCountEntity = defineEntity<{ customerId: string; count: number }, { customerId: string }>()({
  name: 'count of supplies',
  table: 'billing',
  key: ({ customerId }) => ({ pk: ['SUPPLY-COUNT', customerId], sk: ['SUPPLY-COUNT'] }),
  idOf: ({ customerId }) => customerId,
});

/** @returns `take` refuses with `version_conflict` when another supply of the customer took the place at the same moment */
export async function nextPlace(
  session: TenantSession,
  customerId: string,
): Promise<{ place: number; take: (unit: UnitOfWork) => void }> {
  const before = await session.get(supplyCountEntity, { customerId }, { consistent: true });
  const place = (before?.count ?? 0) + 1;
  const take = (unit: UnitOfWork): void => {
    if (before !== undefined) unit.update(supplyCountEntity, before, { count: place }, { isAudited: false });
    else
      unit.create(supplyCountEntity, { customerId, count: place }, { refused: () => new AppError('version_conflict') });
  };
  return { place, take };
}
