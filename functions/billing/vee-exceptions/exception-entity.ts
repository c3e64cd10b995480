/** How exceptions of validation are stored, and found from a supply. */
import { defineEntity, type Stored } from '../../../layers/kernel/data/entity.ts';
import { derivedId } from '../../../layers/kernel/ids.ts';
import type { VeeException } from './exception-schema.ts';

export const veeExceptionEntity = defineEntity<VeeException>()({
  name: 'validation exception',
  table: 'billing',
  key: ({ id }) => ({ pk: ['VEE-EXCEPTION', id], sk: ['VEE-EXCEPTION'] }),
  indexes: { gsi1: ({ status, from, id }) => ({ pk: ['VEE-EXCEPTIONS', status], sk: [from, id] }) },
  idOf: ({ id }) => id,
});

export type StoredException = VeeException & Stored;

export const exceptionIdOf = (supplyId: string, from: string): string =>
  derivedId('vex', Date.parse(from), `${supplyId} ${from}`);
