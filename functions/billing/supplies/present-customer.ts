/** Who has a meter today, by the row that changes with every move: neither who has left nor who is still to come. */
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { today } from '../invoices/local-day.ts';
import { type Occupancy, occupancyEntity } from './supply-entity.ts';

export type Span = Occupancy['spans'][number];

export async function presentSpan(session: TenantSession, meterId: string): Promise<Span | undefined> {
  const [day, occupancy] = await Promise.all([
    today(session),
    session.get(occupancyEntity, { meterId }, { consistent: true }),
  ]);
  return occupancy?.spans.find(({ from, to }) => from <= day && (to === undefined || to > day));
}

export const presentCustomer = async (session: TenantSession, meterId: string): Promise<string | undefined> =>
  (await presentSpan(session, meterId))?.customerId;
