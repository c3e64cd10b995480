/** What other domains may know of customers. */
import type { TenantSession } from '../../layers/kernel/data/session.ts';
import { customerEntity } from './customers/customer-entity.ts';

/** Refuses a customer the tenant does not have: `not_found`. Needs read access to table `billing`. */
export async function requireCustomer(
  session: TenantSession,
  customerId: string,
): Promise<{ id: string; name: string; accountNumber: string }> {
  const { id, name, accountNumber } = await session.require(customerEntity, { id: customerId });
  return { id, name, accountNumber };
}
