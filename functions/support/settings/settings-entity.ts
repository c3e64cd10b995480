/** What a tenant decides about support: its categories of tickets, and how soon each priority is answered and solved. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { ticketPriorities } from '../tickets/ticket-schema.ts';

/** Minutes, at most a quarter of a year. */
const minutes = () => z.int().check(z.gte(1), z.lte(132_480));
const times = z
  .object({ firstResponseMinutes: minutes(), resolutionMinutes: minutes() })
  .check(
    z.refine((due) => due.firstResponseMinutes <= due.resolutionMinutes, 'A solution is not due before an answer.'),
  );

export const settingsSchema = z.object({
  categories: z.array(z.object({ code: externalId(), nameEn: label(80), nameAr: label(80) })).check(
    z.minLength(1),
    z.maxLength(50),
    z.refine((all) => new Set(all.map(({ code }) => code)).size === all.length, 'Each code once.'),
  ),
  /** By priority, around the clock. */
  dueTimes: z.record(z.enum(ticketPriorities), times),
});

export type SupportSettings = z.infer<typeof settingsSchema>;

export const supportSettingsEntity = defineEntity<SupportSettings, object>()({
  name: 'support settings',
  table: 'support',
  key: () => ({ pk: ['SUPPORT-SETTINGS'], sk: ['SUPPORT-SETTINGS'] }),
  idOf: () => 'settings',
});

const category = (code: string, nameEn: string, nameAr: string) => ({ code, nameEn, nameAr });
const due = (firstResponseHours: number, resolutionHours: number) => ({
  firstResponseMinutes: firstResponseHours * 60,
  resolutionMinutes: resolutionHours * 60,
});

/** Until a tenant decides otherwise. */
export const defaultSettings: SupportSettings = {
  categories: [
    category('billing', 'Invoices', 'الفواتير'),
    category('payment', 'Payments', 'المدفوعات'),
    category('prepaid', 'Prepaid tokens', 'رموز الدفع المسبق'),
    category('meter', 'Meter', 'العداد'),
    category('outage', 'No supply', 'انقطاع التيار'),
    category('voltage', 'Voltage', 'الجهد'),
    category('connection', 'Connection', 'التوصيل'),
    category('complaint', 'Complaint', 'شكوى'),
    category('other', 'Other', 'أخرى'),
  ],
  dueTimes: { low: due(24, 120), medium: due(8, 72), high: due(4, 24), urgent: due(1, 8) },
};

export async function supportSettings(session: TenantSession): Promise<SupportSettings> {
  return (await session.get(supportSettingsEntity, {})) ?? defaultSettings;
}
