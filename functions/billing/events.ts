/** Events the billing domain publishes. A subscriber is a customer as the field has always called it in its messages. */
import * as z from 'zod/mini';
import { storedSchema } from '../../layers/kernel/crud/crud-routes.ts';
import { defineEvent } from '../../layers/kernel/events/define-event.ts';
import { customerSchema } from './customers/customer-schema.ts';
import { supplySchema } from './supplies/supply-schema.ts';

const customer = {
  id: 'cus_01JGFJJZ00ABCDEFGHJKMNPQRS',
  accountNumber: '10002345',
  name: 'Ahmed Saleh',
  nameAr: 'أحمد صالح',
  type: 'residential' as const,
  phone: '+967771234567',
  language: 'ar' as const,
  channels: ['sms' as const],
  exemptTaxes: [],
  isProtected: false,
  status: 'active' as const,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const payload = storedSchema(customerSchema);
const base = { source: 'billing', schemaVersion: 1, aggregateType: 'customer', payload } as const;

export const subscriberCreated = defineEvent({
  ...base,
  type: 'subscriber.created',
  summary: { en: 'A customer was added.', ar: 'أُضيف مشترك.' },
  example: customer,
});

export const subscriberUpdated = defineEvent({
  ...base,
  type: 'subscriber.updated',
  summary: { en: 'A customer was changed.', ar: 'عُدّل مشترك.' },
  example: { ...customer, version: 2, isProtected: true },
});

const supply = {
  id: 'sup_01JGFJJZ00ABCDEFGHJKMNPQRS',
  customerId: customer.id,
  meterId: 'MTR-001',
  tariffId: 'tar_01JGFJJZ00ABCDEFGHJKMNPQRS',
  mode: 'postpaid' as const,
  from: '2026-01-01',
  connectedKw: '7.5',
  phases: 1,
  dwellings: 1,
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};
const supplyBase = {
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'supply',
  payload: storedSchema(supplySchema),
} as const;

export const supplyStarted = defineEvent({
  ...supplyBase,
  type: 'supply.started',
  summary: {
    en: 'A customer takes energy at a meter from a day on.',
    ar: 'بدأ مشترك باستهلاك الطاقة عبر عداد ابتداءً من يوم.',
  },
  example: supply,
});

export const supplyEnded = defineEvent({
  ...supplyBase,
  type: 'supply.ended',
  summary: { en: 'A customer leaves a meter.', ar: 'غادر مشترك عدادًا.' },
  example: { ...supply, to: '2026-06-16', version: 2 },
});

export const tariffPublished = defineEvent({
  type: 'tariff.published',
  source: 'billing',
  schemaVersion: 1,
  aggregateType: 'tariff',
  summary: { en: 'A version of a tariff was published.', ar: 'نُشرت نسخة من تعرفة.' },
  payload: z.object({
    tariffId: z.string(),
    code: z.string(),
    /** First local day it holds. */
    from: z.string(),
    currency: z.string(),
  }),
  example: { tariffId: 'tar_01JGFJJZ00ABCDEFGHJKMNPQRS', code: 'residential', from: '2026-07-01', currency: 'YER' },
});

export const billingEvents = [subscriberCreated, subscriberUpdated, supplyStarted, supplyEnded, tariffPublished];
