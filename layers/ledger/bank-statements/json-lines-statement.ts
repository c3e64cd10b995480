/** Statements as JSON Lines: an object on each line, for files of payment providers that a partner's program prepares. */
import * as z from 'zod/mini';
import { collect, type LineProblem, problem, type RawLine, type Statement } from './statement.ts';

const lineSchema = z.object({
  date: z.string(),
  /** Decimal text, signed; numbers are refused, since a binary fraction is no amount. */
  amount: z.string(),
  reference: z.optional(z.string()),
  description: z.optional(z.string()),
  id: z.optional(z.string()),
});

export function readJsonLinesStatement(text: string, currency: string): Statement {
  const raws = text.split(/\r?\n/).flatMap((line, i): (RawLine | LineProblem)[] => {
    if (line.trim() === '') return [];
    const position = i + 1;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return [problem(position, 'The line is no JSON.', 'السطر ليس JSON.')];
    }
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success)
      return [
        problem(
          position,
          'The line needs "date" and "amount", and all its fields are text.',
          'يحتاج السطر إلى "date" و"amount"، وكل حقوله نصوص.',
        ),
      ];
    const { id, ...rest } = parsed.data;
    return [{ position, ...rest, bankId: id }];
  });
  return collect(raws, currency);
}
