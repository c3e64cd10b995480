/** What a utility's bills may stand on: limits and estimation for all customers, and what each class has otherwise. */
import * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { AppError } from '../../../layers/kernel/errors/app-error.ts';
import {
  usualSettings,
  type VeeSettings,
  veeOverridesSchema,
  veeSettingsSchema,
} from '../../../layers/vee/vee-settings.ts';
import { customerTypes } from '../customers/customer-schema.ts';

type CustomerType = (typeof customerTypes)[number];

/** Energies are millionths of a kWh. */
export const tenantVeeSettingsSchema = z.object({
  general: z.prefault(veeSettingsSchema, {}),
  /** By the customer's type; a group that is given replaces the general one whole. */
  classes: z._default(
    // A class that is misspelt would be lost without a word.
    z.strictObject(
      Object.fromEntries(customerTypes.map((type) => [type, z.optional(veeOverridesSchema)])) as Record<
        CustomerType,
        z.ZodMiniOptional<typeof veeOverridesSchema>
      >,
    ),
    {},
  ),
});
export type TenantVeeSettings = z.infer<typeof tenantVeeSettingsSchema>;

export const veeSettingsEntity = defineEntity<TenantVeeSettings & { id: 'vee' }, { id: 'vee' }>()({
  name: 'settings of validation',
  table: 'billing',
  key: ({ id }) => ({ pk: ['SETTINGS'], sk: [id] }),
  idOf: ({ id }) => id,
});

/** Version 0: never set, so the usual ones. */
export async function readVeeSettings(session: TenantSession): Promise<TenantVeeSettings & { version: number }> {
  const stored = await session.get(veeSettingsEntity, { id: 'vee' }, { consistent: true });
  return { ...tenantVeeSettingsSchema.parse(stored ?? {}), version: stored?.version ?? 0 };
}

/** Settings of a type of customer, read when first asked for and once: for one customer or a page of a run. */
export function veeSettingsOf(session: TenantSession): (type: CustomerType) => Promise<VeeSettings> {
  let read: Promise<TenantVeeSettings> | undefined;
  return async (type) => {
    read ??= readVeeSettings(session);
    const { general, classes } = await read;
    return { ...general, ...withoutAbsent(classes[type] ?? {}) };
  };
}

const withoutAbsent = <T extends object>(overrides: T): { [P in keyof T]?: NonNullable<T[P]> } =>
  Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)) as never;

/** @throws AppError `unprocessable` when what is normal for one limit is a failure for another */
export function refuseContradictions({ general, classes }: TenantVeeSettings): void {
  for (const [name, { history = usualSettings.history }] of [
    ['general', general] as const,
    ...Object.entries(classes).map(([type, overrides]) => [`classes.${type}`, overrides ?? {}] as const),
  ])
    if (history.highPercent <= history.lowPercent)
      throw new AppError('unprocessable', undefined, {
        texts: {
          en: `In ${name}, history.highPercent must be above history.lowPercent.`,
          ar: `في ${name} يجب أن يزيد history.highPercent على history.lowPercent.`,
        },
      });
}
