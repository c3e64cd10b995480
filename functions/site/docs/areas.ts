/** The areas that the documentation is read by. A new domain needs one here; a domain of many operations is shared out by tag. */
import type { Area } from '../../../layers/kernel/openapi/areas.ts';

/** In the order of the page, the first of which opens. */
export const areas: readonly Area[] = [
  {
    id: 'billing',
    title: { en: 'Billing', ar: 'الفوترة' },
    domains: ['billing'],
  },
  {
    id: 'payments',
    title: { en: 'Payments', ar: 'المدفوعات' },
    domains: [],
    tags: ['Payments', 'Checkouts', 'Refunds', 'Settings of payments', 'Cashier sessions', 'Bank files', 'Dunning'],
  },
  {
    id: 'prepaid',
    title: { en: 'Prepaid energy', ar: 'الدفع المسبق' },
    domains: [],
    tags: [
      'Prepaid tokens',
      'Vending meters',
      'Terms of prepaid energy',
      'Key change campaigns',
      'Prepaid and postpaid',
    ],
  },
  {
    id: 'portal',
    title: { en: 'Customer portal and app', ar: 'بوابة المشتركين وتطبيقهم' },
    domains: [],
    tags: ['Customer portal', 'Customer app'],
  },
  {
    id: 'field',
    title: { en: 'Field staff', ar: 'العمل الميداني' },
    domains: [],
    tags: ['Field app', 'Field work'],
  },
  {
    id: 'metering',
    title: { en: 'Metering', ar: 'القياس' },
    domains: ['metering'],
    tags: ['Meter commands', 'Settings of validation and estimation', 'Exceptions of validation'],
  },
  { id: 'scada', title: { en: 'Scada', ar: 'التحكم الإشرافي' }, domains: ['scada'] },
  { id: 'ledger', title: { en: 'Ledger', ar: 'دفتر الأستاذ' }, domains: ['ledger'] },
  { id: 'support', title: { en: 'Support', ar: 'الدعم' }, domains: ['support'] },
  { id: 'identity', title: { en: 'Identity', ar: 'الهوية والصلاحيات' }, domains: ['identity'] },
  {
    id: 'developer',
    title: { en: 'Developers', ar: 'المطورون' },
    domains: ['platform', 'monitoring', 'site'],
  },
  { id: 'webhooks', title: { en: 'Webhook messages', ar: 'رسائل الويب هوك' }, domains: [], tags: ['Webhook messages'] },
];
