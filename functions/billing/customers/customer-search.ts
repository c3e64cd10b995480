/** Finding a customer by name: DynamoDB compares letters as they are, so names are looked for as people write them. */
import type { AnyOf } from '../../../layers/kernel/data/expressions.ts';
import type { Customer } from './customer-schema.ts';

const attributes = ['name', 'nameAr'] as const;

function spellings(search: string): string[] {
  const words = search.toLowerCase().replace(/(^|[\s-])(\p{L})/gu, (_, gap, letter) => gap + letter.toUpperCase());
  return [...new Set([search, search.toLowerCase(), search.toUpperCase(), words])];
}

/** @param search a part of the name, in Arabic or Latin letters */
export function named(search: string): AnyOf {
  return {
    anyOf: spellings(search).flatMap((value) =>
      attributes.map((attribute) => ({ attribute, operator: 'contains' as const, value })),
    ),
  };
}

/** What `named` asks of a row, of one that was read otherwise. */
export const isNamed = (customer: Customer, search: string): boolean =>
  spellings(search).some((value) => attributes.some((attribute) => customer[attribute]?.includes(value)));
