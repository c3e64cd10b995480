/** How settlements are stored: by id, and listed by date. */
import type * as z from 'zod/mini';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import type { settlementSchema } from './settlement-schema.ts';

export type Settlement = z.infer<typeof settlementSchema>;

export const settlementEntity = defineEntity<Settlement>()({
  name: 'settlement',
  table: 'ledger',
  key: ({ id }) => ({ pk: ['SETTLEMENT', id], sk: ['SETTLEMENT'] }),
  indexes: { gsi1: ({ date, id }) => ({ pk: ['SETTLEMENTS'], sk: [date, id] }) },
  idOf: ({ id }) => id,
});
