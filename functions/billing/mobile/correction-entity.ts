/** What field staff found to be different from the customer’s record. It changes nothing until the office accepts it. */
import * as z from 'zod/mini';
import { storedSchema } from '../../../layers/kernel/crud/crud-routes.ts';
import { defineEntity } from '../../../layers/kernel/data/entity.ts';
import { utcTime } from '../../../layers/kernel/schema/common.ts';
import { correctionChanges } from './operation-schema.ts';

export const correctionStatuses = ['proposed', 'accepted', 'refused'] as const;

const correctionSchema = z.object({
  id: z.string(),
  operationId: z.string(),
  proposedBy: z.string(),
  routeId: z.string(),
  meterId: z.string(),
  customerId: z.string(),
  /** `version` of the customer it was made on. */
  baseVersion: z.int(),
  changes: correctionChanges,
  note: z.optional(z.string()),
  takenAt: utcTime(),
  status: z.enum(correctionStatuses),
  decidedBy: z.optional(z.string()),
  reason: z.optional(z.string()),
});
export const storedCorrectionSchema = storedSchema(correctionSchema);
export type Correction = z.infer<typeof correctionSchema>;

export const correctionEntity = defineEntity<Correction>()({
  name: 'customer correction',
  table: 'billing',
  key: ({ id }) => ({ pk: ['CUSTOMER-CORRECTION', id], sk: ['CUSTOMER-CORRECTION'] }),
  indexes: { gsi1: ({ id, takenAt, status }) => ({ pk: ['CUSTOMER-CORRECTIONS', status], sk: [takenAt, id] }) },
  idOf: ({ id }) => id,
});
