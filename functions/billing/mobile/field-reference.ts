/** The reference a payment has that was collected in the field: by it one collection is one payment, and is known as such later. */
import type { Collection } from './collection-entity.ts';

const prefix = 'field-';

/** One and the same for ever, and nobody else’s. */
export const paymentReference = ({
  collectorId,
  operationId,
}: Pick<Collection, 'collectorId' | 'operationId'>): string => `${prefix}${collectorId}-${operationId}`;

/** Who collected it; undefined of what was not collected in the field. */
export const collectorOf = (externalReference: string | undefined): string | undefined =>
  isCollected(externalReference) ? externalReference!.slice(prefix.length).split('-', 1)[0] : undefined;

export const isCollected = (externalReference: string | undefined): boolean =>
  externalReference?.startsWith(prefix) ?? false;
