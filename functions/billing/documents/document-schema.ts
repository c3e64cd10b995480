/** The documents customers get on paper or as PDF. */
import * as z from 'zod/mini';

/** `credit_note` stands for a cancelled invoice and has its id; a difference note is an `invoice` of its own. */
export const documentKinds = ['invoice', 'credit_note', 'receipt', 'token_slip', 'statement'] as const;
export const documentLanguages = ['ar', 'en'] as const;

export const documentRefSchema = z.object({
  kind: z.enum(documentKinds),
  /** Of the invoice, payment or vending; of a statement, `<customer>_<from>_<to>_<currency>`. */
  id: z.string(),
});

export type DocumentRef = z.infer<typeof documentRefSchema>;
export type DocumentKind = (typeof documentKinds)[number];
export type DocumentLanguage = (typeof documentLanguages)[number];
