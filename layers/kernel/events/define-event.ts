/**
 * The typed catalogue of events. A domain declares its events once; publishing, the documentation, the pattern
 * check of webhooks and the consumers' types follow from the declaration.
 */
import type * as z from 'zod/mini';
import type { Translated } from '../i18n/locale.ts';

export interface EventDefinition<T extends string = string, S extends z.ZodMiniType = z.ZodMiniType> {
  /** `<noun>.<past participle>`, e.g. `invoice.paid`: a contract with partners. */
  type: T;
  /** The domain that publishes it. */
  source: string;
  /** Grows when the payload changes in a way consumers must know. */
  schemaVersion: number;
  /** What the event is about; events of one aggregate can be delivered in order. */
  aggregateType: string;
  summary: Translated;
  payload: S;
  /** A sample payload for the documentation and the test button. */
  example: z.output<S>;
}

export function defineEvent<const T extends string, S extends z.ZodMiniType>(
  definition: EventDefinition<T, S>,
): EventDefinition<T, S> {
  return definition;
}

export type PayloadOf<D> = D extends EventDefinition<string, infer S> ? z.output<S> : never;

export interface EventInput<D extends EventDefinition> {
  aggregateId: string;
  payload: PayloadOf<D>;
  /** Give one to make repeated publishing of the same fact recognisable. @default a new id */
  id?: string;
  /** When it happened. @default now */
  occurredAt?: string;
  /** What set it off, where one unit of work reacts to several events. @default the session's */
  trace?: { correlationId: string; causationId: string } | undefined;
}
