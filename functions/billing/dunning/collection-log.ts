/** The collection log: what was done about a debt and when, written with the doing, by customer and by invoice. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import type { TenantSession } from '../../../layers/kernel/data/session.ts';
import type { UnitOfWork } from '../../../layers/kernel/data/unit-of-work.ts';
import { newId } from '../../../layers/kernel/ids.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { messageChannels } from '../customers/customer-schema.ts';
import type { Invoice } from '../invoices/invoice-schema.ts';
import { dunningActions } from './policy.ts';

const disconnectionSchema = z.object({
  /** Why nothing was asked for. */
  spared: z.optional(z.enum(['protected', 'below_minimum'])),
  /**
   * `requested`: `commandId` says how it goes on; `order_open`: another order is under way; `not_switchable`: nobody can switch it
   * from afar, so somebody has to go there.
   */
  meters: z.array(
    z.object({
      meterId: z.string(),
      outcome: z.enum(['requested', 'order_open', 'not_switchable']),
      commandId: z.optional(z.string()),
    }),
  ),
});
export type Disconnection = z.infer<typeof disconnectionSchema>;

const collectionActionSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  invoiceId: z.string(),
  invoiceNumber: z.string(),
  at: utcTime(),
  /** `overdue`: its day has passed; the others are steps of the policy. */
  action: z.enum(['overdue', ...dunningActions]),
  step: z.optional(z.string()),
  /** What was due on the invoice then. */
  dueAmount: z.string(),
  currency: z.string(),
  /** Of a reminder. */
  channels: z.optional(z.array(z.enum(messageChannels))),
  disconnection: z.optional(disconnectionSchema),
});
export const storedCollectionActionSchema = storedSchema(collectionActionSchema);
export type CollectionAction = z.infer<typeof collectionActionSchema>;

const collectionActionEntity = defineEntity<CollectionAction>()({
  name: 'collection action',
  table: 'billing',
  key: ({ id }) => ({ pk: ['COLLECTION-ACTION', id], sk: ['COLLECTION-ACTION'] }),
  indexes: {
    gsi1: ({ customerId, id }) => ({ pk: ['COLLECTION-ACTIONS', customerId], sk: [id] }),
    gsi2: ({ invoiceId, id }) => ({ pk: ['COLLECTION-ACTIONS-ON', invoiceId], sk: [id] }),
  },
  idOf: ({ id }) => id,
});

export function logAction(
  unit: UnitOfWork,
  { id: invoiceId, invoiceNumber, customerId, dueAmount, currency }: Invoice,
  action: Pick<CollectionAction, 'action' | 'step' | 'channels' | 'disconnection'>,
  at: string,
): void {
  // Never changed, and its own record: it needs none besides.
  unit.put(collectionActionEntity, {
    ...action,
    id: newId('cla'),
    customerId,
    invoiceId,
    invoiceNumber,
    at,
    dueAmount,
    currency,
  });
}

/** The newest first. */
export async function listActions(
  session: TenantSession,
  of: { customerId: string } | { invoiceId: string },
  page: { limit: number; cursor: string | undefined },
) {
  const { items, nextCursor } = await session.query<CollectionAction & Stored>(collectionActionEntity, {
    ...('customerId' in of
      ? { index: 'gsi1', pk: ['COLLECTION-ACTIONS', of.customerId] }
      : { index: 'gsi2', pk: ['COLLECTION-ACTIONS-ON', of.invoiceId] }),
    order: 'descending',
    ...page,
  });
  return { data: items, pagination: { limit: page.limit, nextCursor } };
}
