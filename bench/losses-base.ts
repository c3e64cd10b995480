/** A feeder with transformers and their meters, hourly readings of a month, and a year of bills, for loss reports. */
import {
  type CustomerInvoice,
  customerInvoiceEntity,
  invoiceEntity,
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
import { april, put, write } from './billing-base.ts';
import { meterIdOf } from './billing-store.ts';

const metersOfTransformer = 500;
/** Bills of a customer before the one of April. */
const monthsBefore = 11;

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

/** Writes the bill of April again for months before it, as long as it is. */
export async function addBillsBefore(dynamodb: TestService, session: TenantSession, customers: number): Promise<void> {
  for (let i = 0; i < customers; i++) {
    const customerId = id('cus', i);
    const { items } = await session.query<CustomerInvoice & Stored>(customerInvoiceEntity, {
      pk: ['CUSTOMER-INVOICES', customerId],
      limit: 1,
    });
    const invoice = await session.require(invoiceEntity, { id: items[0]!.invoiceId });
    for (let month = 1; month <= monthsBefore; month++) {
      const [from, to] = [monthBefore(april.from, month), monthBefore(april.to, month)];
      const invoiceId = id('inv', i * 100 + month);
      const bills = invoice.bills.map((each) => ({ ...each, bill: { ...each.bill, from, to } }));
      write(dynamodb, [
        put(session, invoiceEntity, { ...invoice, id: invoiceId, period: { from, to }, bills, status: 'paid' }),
        put(session, customerInvoiceEntity, { customerId, from, invoiceId }),
      ]);
    }
  }
}

function monthBefore(day: string, months: number): string {
  const [year, month] = day.split('-').map(Number);
  return new Date(Date.UTC(year!, month! - 1 - months, 1)).toISOString().slice(0, 10);
}
