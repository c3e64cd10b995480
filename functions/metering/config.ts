/** Settings of the metering functions. */
import * as z from 'zod/mini';
import { defineConfig } from '../../layers/kernel/config/define-config.ts';

const schema = z.object({
  /** More refused messages of a station than this within five minutes raise an alert. */
  REJECTED_PILE_UP: z._default(z.coerce.number().check(z.int(), z.gte(1)), 50),
});

let config: { rejectedPileUp: number } | undefined;

/** Read at the first use, so that importing a module never depends on the environment. */
export function meteringConfig(): { rejectedPileUp: number } {
  config ??= { rejectedPileUp: defineConfig(schema).REJECTED_PILE_UP };
  return config;
}
