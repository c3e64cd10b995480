/** The registry with JSON Schemas, for who fills in a form; loaded when somebody asks. */
import * as z from 'zod/mini';
import type { reactionView } from '../schemas.ts';
import { reactions } from './registry.ts';

export const describeReactions = (): z.infer<typeof reactionView>[] =>
  reactions.map(({ name, title, summary, input, ignores, example }) => ({
    name,
    title,
    summary,
    inputSchema: z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>,
    ignores: [...ignores],
    example,
  }));
