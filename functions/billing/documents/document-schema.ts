/** The documents customers get on paper or as PDF. */
import * as z from 'zod/mini';

/** `credit_note` stands for a cancelled invoice and has its id; a difference note is an `invoice` of its own. */
const documentKinds = ['invoice', 'credit_note', 'receipt', 'token_slip', 'statement', 'collective_bill'] as const;
export const documentLanguages = ['ar', 'en'] as const;

export const documentRefSchema = z.object({
  kind: z.enum(documentKinds),
  /** Of the invoice, payment or vending; of a statement, `<customer>_<from>_<to>_<currency>`, of a collective bill `<run>_<customer>` or `<from>_<to>_<customer>`. */
  id: z.string(),
  /** Of a receipt or slip: the how manieth print it is. From the second on it is marked as a copy. */
  print: z.optional(z.int()),
});

/** A customer's statement. @param span local days, the last one included */
export const statementRef = (
  customerId: string,
  { from, to, currency }: { from: string; to: string; currency: string },
): DocumentRef => ({ kind: 'statement', id: `${customerId}_${from}_${to}_${currency}` });

export type DocumentRef = z.infer<typeof documentRefSchema>;
export type DocumentKind = (typeof documentKinds)[number];
export type DocumentLanguage = (typeof documentLanguages)[number];
