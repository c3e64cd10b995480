/** A tariff and its versions. A version that bills may stand on never changes: prices change by a new version. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import { externalId, label } from '../../../layers/kernel/schema/common.ts';
import { type TariffVersion, tariffVersionSchema } from '../../../layers/tariff/tariff-schema.ts';
import { customerTypes } from '../customers/customer-schema.ts';

export const createTariffSchema = z.object({
  /** Short name in the utility's own papers, unique. */
  code: externalId(),
  name: label(),
  nameAr: z.optional(label()),
  /** Who may have it; empty: everyone. */
  customerTypes: z._default(z.array(z.enum(customerTypes)).check(z.maxLength(5)), []),
});

const tariffSchema = z.extend(createTariffSchema, { id: z.string(), status: z.enum(['active', 'retired']) });
export type Tariff = z.infer<typeof tariffSchema>;
export const storedTariffSchema = storedSchema(tariffSchema);

export const tariffEntity = defineEntity<Tariff>()({
  name: 'tariff',
  table: 'billing',
  key: ({ id }) => ({ pk: ['TARIFF', id], sk: ['TARIFF'] }),
  indexes: { gsi1: ({ code, id }) => ({ pk: ['TARIFFS'], sk: [code, id] }) },
  idOf: ({ id }) => id,
});

/** Says whose a code is. */
export const tariffCodeEntity = defineEntity<{ code: string; tariffId: string }, { code: string }>()({
  name: 'tariff code',
  table: 'billing',
  key: ({ code }) => ({ pk: ['TARIFF-CODE', code], sk: ['TARIFF-CODE'] }),
  idOf: ({ code }) => code,
});

/** A version as it is published; its end follows from the next one's beginning, so it is not part of it. */
export const publishedVersionSchema = z.omit(tariffVersionSchema, { to: true });
export const storedVersionSchema = storedSchema(z.extend(publishedVersionSchema, { tariffId: z.string() }));
export type PublishedVersion = z.infer<typeof publishedVersionSchema> & { tariffId: string };

export const tariffVersionEntity = defineEntity<PublishedVersion, { tariffId: string; from: string }>()({
  name: 'tariff version',
  table: 'billing',
  key: ({ tariffId, from }) => ({ pk: ['TARIFF', tariffId], sk: ['VERSION', from] }),
  idOf: ({ tariffId, from }) => `${tariffId} of ${from}`,
});

/**
 * All versions of a tariff in order of time, as the rating engine takes them.
 * @param knownAt leaves out what was published later, ISO 8601
 */
export async function versionsOf(session: TenantSession, tariffId: string, knownAt?: string): Promise<TariffVersion[]> {
  const { items } = await session.query<PublishedVersion & Stored>(tariffVersionEntity, {
    pk: ['TARIFF', tariffId],
    beginsWith: ['VERSION'],
    limit: 200,
    consistent: true,
  });
  return knownAt === undefined ? items : items.filter(({ createdAt }) => createdAt <= knownAt);
}

/** As `versionsOf`, each tariff read once: a page of a run takes seconds, and a version that bills stand on never changes. */
export function versionsOnce(session: TenantSession, knownAt?: string): (tariffId: string) => Promise<TariffVersion[]> {
  const read = new Map<string, Promise<TariffVersion[]>>();
  return (tariffId) => {
    const known = read.get(tariffId) ?? versionsOf(session, tariffId, knownAt);
    read.set(tariffId, known);
    return known;
  };
}
