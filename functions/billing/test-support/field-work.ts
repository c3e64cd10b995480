/** Field staff, routes and customers for tests of the field app, on the billing stack. */
import { openSession } from '../../../layers/kernel/data/session.ts';
import { userEntity } from '../../identity/users/user-entity.ts';
import { handler as customers } from '../customers/handler.ts';
import { handler as office } from '../field-office/handler.ts';
import { handler as mobile } from '../mobile/handler.ts';
import { handler as supplies } from '../supplies/handler.ts';
import { handler as tariffs } from '../tariffs/handler.ts';
import type { BillingStack, CallOptions } from './billing-stack.ts';

export const reader = (n: number): string => `usr_${String(n).padStart(26, '0')}`;
const officePath = '/api/billing/field';

export function fieldWork(stack: BillingStack) {
  let tariffId: string;
  const call = (tenant: string, who: number, method: string, path: string, options: CallOptions = {}) =>
    stack.call(tenant, mobile, method, `/api/v1/mobile${path}`, {
      ...options,
      as: { subject: reader(who), permissions: ['billing:field:work', 'billing:field:collect'], ...options.as },
    });
  return {
    call,
    office: (tenant: string, method: string, path: string, options: CallOptions = {}) =>
      stack.call(tenant, office, method, `${officePath}${path}`, options),
    async addUser(tenant: string, n: number): Promise<void> {
      const row = { roles: ['COLLECTOR'], workspaces: [], status: 'active', locale: 'ar' } as const;
      await openSession(tenant).transact('identity', (unit) =>
        unit.create(userEntity, { id: reader(n), name: `User ${n}`, ...row, roles: [...row.roles], workspaces: [] }),
      );
    },
    async addTariff(tenant: string): Promise<void> {
      const made = await stack.call(tenant, tariffs, 'POST', '/api/billing/tariffs', {
        body: { code: 'T', name: 'T' },
      });
      tariffId = made.body.data.id;
    },
    /** A meter with readings over two months, and its customer. @returns the customer's id */
    async addSupplied(tenant: string, meterId: string, routeId?: string): Promise<string> {
      const body = { name: `At ${meterId}`, nationalId: 'secret', ...(routeId === undefined ? {} : { routeId }) };
      const made = await stack.call(tenant, customers, 'POST', '/api/billing/customers', { body });
      await stack.addMeter(tenant, meterId);
      await stack.read(tenant, meterId, [
        ['2026-04-15T00:00', 100],
        ['2026-05-15T00:00', 400],
      ]);
      const customerId = made.body.data.id;
      await stack.call(tenant, supplies, 'POST', '/api/billing/supplies', {
        body: { customerId, meterId, tariffId, from: '2026-04-01' },
      });
      return customerId;
    },
    /** @returns the route's id */
    async addRoute(tenant: string, who: number, meterIds: string[]): Promise<string> {
      const made = await stack.call(tenant, office, 'POST', `${officePath}/routes`, {
        body: { name: 'North', period: '2026-06', dueDate: '2026-06-30', assigneeId: reader(who) },
      });
      const { id } = made.body.data;
      const stops = meterIds.map((meterId) => ({ meterId }));
      await stack.call(tenant, office, 'POST', `${officePath}/routes/${id}/stops`, { body: { stops } });
      return id;
    },
    sync: async (
      tenant: string,
      who: number,
      operations: object[],
      {
        deviceTime = new Date().toISOString(),
        ...more
      }: { deviceTime?: string; cursor?: string; device?: object } = {},
    ) => (await call(tenant, who, 'POST', '/sync', { body: { deviceTime, operations, ...more } })).body.data,
  };
}
