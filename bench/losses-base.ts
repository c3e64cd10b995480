/** A feeder with transformers and their meters, hourly readings of a month, and half a year of bills, for loss reports. */
import {
  type CustomerInvoice,
  customerInvoiceEntity,
  invoiceEntity,
  type StoredInvoice,
} from '../functions/billing/invoices/invoice-entity.ts';
import {
  type LossArea,
  lossAreaEntity,
  lossMemberEntity,
  lossPlaceEntity,
} from '../functions/billing/losses/loss-area-entity.ts';
import type { Stored } from '../layers/kernel/data/entity.ts';
import type { TenantSession } from '../layers/kernel/data/session.ts';
import type { TestService } from '../local/services/dynamodb/test-service.ts';
import { april, put, rowsOf, write } from './billing-base.ts';
import { meterIdOf } from './billing-store.ts';

const metersOfTransformer = 500;
/** Bills of a customer before the one of April; how many there are makes no difference, since the newest are read alone. */
const monthsBefore = 5;

const id = (prefix: string, i: number): string => `${prefix}_${String(i).padStart(26, '0')}`;

/** Meters 1 and on are customers'; meter 0 stands at the head of the feeder and at each transformer. */
export function createAreas(dynamodb: TestService, session: TenantSession, meters: number): void {
  const inputMeters = [{ meterId: meterIdOf(0), from: '2026-01-01' }];
  const area = (i: number, more: Partial<LossArea>): LossArea => ({
    ...{ id: id('lar', i), name: `Area ${i}`, kind: 'transformer', inputMeters, technicalLossPercent: '3' },
    ...more,
  });
  write(dynamodb, [put(session, lossAreaEntity, area(0, { kind: 'feeder' }))]);
  for (let t = 1; (t - 1) * metersOfTransformer < meters; t++)
    write(dynamodb, [put(session, lossAreaEntity, area(t, { parentId: id('lar', 0) }))]);
  for (let i = 1; i < meters; i++) {
    const [areaId, meterId] = [id('lar', 1 + Math.floor(i / metersOfTransformer)), meterIdOf(i)];
    write(dynamodb, [
      put(session, lossMemberEntity, { areaId, meterId }),
      put(session, lossPlaceEntity, { meterId, spans: [{ areaId, from: '2026-01-01' }] }),
    ]);
  }
}

/** Customers whose bills are made by billing; those of the others are written like them. */
export const billedCustomers = 200;

/**
 * Adds the other customers, and the bill of April to all as often as there are months, as long as it is.
 * @param customers how many there are then
 */
export async function addBilledCustomers(
  dynamodb: TestService,
  session: TenantSession,
  customers: number,
): Promise<void> {
  for (let i = billedCustomers; i < customers; i++) write(dynamodb, rowsOf(session, i, april.to));
  for (let billed = 0; billed < billedCustomers; billed++) {
    const { items } = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
      pk: ['CUSTOMER-INVOICES', id('cus', billed)],
      limit: 1,
    });
    const invoice = await session.require(invoiceEntity, { id: items[0]!.invoiceId });
    for (let i = billed; i < customers; i += billedCustomers)
      for (let month = i === billed ? 1 : 0; month <= monthsBefore; month++)
        write(dynamodb, copyOf(session, invoice, i, month));
  }
}

function copyOf(session: TenantSession, invoice: StoredInvoice, i: number, month: number) {
  const [customerId, invoiceId] = [id('cus', i), id('inv', i * 100 + month)];
  const [from, to] = [monthBefore(april.from, month), monthBefore(april.to, month)];
  const bills = invoice.bills.map((each) => ({ ...each, supplyId: id('sup', i), bill: { ...each.bill, from, to } }));
  return [
    put(session, invoiceEntity, { ...invoice, id: invoiceId, customerId, period: { from, to }, bills }),
    put(session, customerInvoiceEntity, {
      ...{ customerId, from, invoiceId, kind: 'invoice' as const },
      meterIds: bills.map(({ meterId }) => meterId),
    }),
  ];
}

function monthBefore(day: string, months: number): string {
  const [year, month] = day.split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1 - months, 1)).toISOString().slice(0, 10);
}
