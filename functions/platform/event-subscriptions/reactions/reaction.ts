/** The contract of a reaction: something of the product that a tenant may turn on for events, by name and with settings checked by a schema. */
import * as z from 'zod/mini';
import type { TenantSession } from '../../../../layers/kernel/data/session.ts';

/** The message of an event, as webhooks carry it. */
export interface EventMessage {
  id: string;
  type: string;
  timestamp: string;
  source: string;
  aggregateType: string;
  aggregateId: string;
  correlationId: string;
  data: unknown;
}

export interface ReactionCall<I> {
  session: TenantSession;
  input: I;
  event: EventMessage;
  /** Names this deed: given again for a retry, so that what is done once stays done once. */
  reference: string;
}

export interface Reaction<I = any> {
  name: string;
  title: { en: string; ar: string };
  summary: { en: string; ar: string };
  input: z.ZodMiniType<I>;
  /** Patterns of events that the reaction itself gives rise to, and so never reacts to. */
  ignores: readonly string[];
  example: unknown;
  /** @returns what the processing log shows @throws AppError `unprocessable` when trying again is useless */
  run(call: ReactionCall<I>): Promise<Record<string, unknown>>;
}

export const defineReaction = <I>(reaction: Reaction<I>): Reaction<I> => reaction;

/** Text with `{data.field}` placeholders. */
export const templateText = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
