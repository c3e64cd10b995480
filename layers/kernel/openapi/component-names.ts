/** From the words of operations, fields, events and codes to names of components. */

/** `invoice.created`, `payment_method` and `listUsers` become `InvoiceCreated`, `PaymentMethod` and `ListUsers`. */
export const pascalCase = (name: string): string =>
  name
    .replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    .replaceAll(/[^A-Za-z0-9]/g, '');

/** Good enough for the nouns of operations and fields. */
export function singular(noun: string): string {
  if (/(?:ss|us|is|Series)$/.test(noun)) return noun;
  return noun
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/([^s])s$/, '$1');
}
