/** The form of answers that point to a document, and of the question for one. */
import * as z from 'zod/mini';
import { documentLanguages } from './document-schema.ts';

export const documentQuery = z.object({
  /** @default the customer's */
  language: z.optional(z.enum(documentLanguages)),
});

export const documentAnswer = z.object({
  /** The PDF, by a plain GET without credentials. */
  url: z.string(),
  filename: z.string(),
  /** Seconds. */
  expiresIn: z.int(),
});
