/** What a rule does with its outgoing payload. */
import type { RuntimeContext } from '../../../runtime/types.ts';
import type { BrokerMessage } from '../broker.ts';
import type { RuleMessage } from '../sql/message.ts';
import type { Outgoing } from '../sql/rule-statement.ts';

export interface RuleAction {
  /** As error reports name it, e.g. `S3Action`. */
  readonly name: string;
  /** The resource as error reports name it. */
  resource(message: RuleMessage): string;
  /** Rejects when the target does not take the payload. */
  execute(outgoing: Outgoing, message: RuleMessage): Promise<void>;
}

/** What actions may use. */
export interface ActionTools {
  readonly ctx: RuntimeContext;
  publish(message: BrokerMessage): Promise<void>;
}

export type ActionFactory = (properties: Record<string, any>, tools: ActionTools, ruleName: string) => RuleAction;

/** For actions whose target takes text only. */
export function textOf(outgoing: Outgoing): string {
  if (typeof outgoing === 'string') return outgoing;
  throw new Error("The payload is binary and this action takes JSON: select encode(*, 'base64') instead");
}
