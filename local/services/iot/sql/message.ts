/**
 * The message a rule looks at. The payload is parsed as JSON only when an expression asks for it,
 * because the ingest path never does.
 */
import type { SqlValue } from './values.ts';

export interface MessageFacts {
  topic: string;
  payload: Buffer;
  /** Undefined when the message did not come over MQTT. */
  clientId: string | undefined;
  principal: string | undefined;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** Undefined when the message did not come over MQTT. */
  traceId: string | undefined;
  sourceIp: string | undefined;
  accountId: string;
}

const NOT_PARSED = Symbol('not parsed');

export class RuleMessage {
  readonly facts: MessageFacts;
  #document: SqlValue | typeof NOT_PARSED = NOT_PARSED;

  constructor(facts: MessageFacts) {
    this.facts = facts;
  }

  /** The payload as JSON object or array, or undefined: other payloads count as binary. */
  get document(): SqlValue {
    if (this.#document === NOT_PARSED) this.#document = parseDocument(this.facts.payload);
    return this.#document;
  }
}

function parseDocument(payload: Buffer): SqlValue {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as SqlValue) : undefined;
  } catch {
    return undefined;
  }
}
