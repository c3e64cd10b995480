/** The catalogue for people and machines: JSON Schemas are made on the first request, not when the function starts. */
import * as z from 'zod/mini';
import { type CatalogEntry, catalog } from './catalog.ts';

export interface CatalogDescription extends Omit<CatalogEntry, 'payload'> {
  schema: Record<string, unknown>;
}

let described: CatalogDescription[] | undefined;

export function describeCatalog(): CatalogDescription[] {
  described ??= catalog.map(({ payload, ...rest }) => ({
    ...rest,
    schema: z.toJSONSchema(payload, { unrepresentable: 'any', io: 'output' }) as Record<string, unknown>,
  }));
  return described;
}
