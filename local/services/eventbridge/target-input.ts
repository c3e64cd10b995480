/** What a rule's target receives of an event: all of it, a part, a constant or a transformed text. */
import { ConfigurationError } from '../../runtime/types.ts';
import type { BusEvent } from './event.ts';
import { compilePath } from './json-path.ts';
import { compileTemplate } from './template.ts';

export interface TargetScope {
  event: BusEvent;
  ruleArn: string;
  ruleName: string;
  /** When the bus received the event, ISO 8601. */
  ingestedAt: string;
}

export type TargetInput = (scope: TargetScope) => string;

/** "Predefined variables" of the EventBridge input transformation. */
const PREDEFINED: Record<string, (scope: TargetScope) => unknown> = {
  'aws.events.rule-arn': ({ ruleArn }) => ruleArn,
  'aws.events.rule-name': ({ ruleName }) => ruleName,
  'aws.events.event.ingestion-time': ({ ingestedAt }) => ingestedAt,
  'aws.events.event': ({ event: { detail: _, ...event } }) => event,
  'aws.events.event.json': ({ event }) => event,
};

/** @throws ConfigurationError for a target that asks for two kinds of input or uses an unknown variable */
export function compileTargetInput(target: Record<string, any>, owner: string): TargetInput {
  const { Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((input) => input !== undefined).length > 1)
    throw new ConfigurationError(`${owner}: only one of Input, InputPath and InputTransformer is allowed.`);
  if (Input !== undefined) {
    assertJson(Input, owner);
    return () => Input;
  }
  try {
    if (InputPath !== undefined) {
      const select = compilePath(InputPath);
      return ({ event }) => JSON.stringify(select(event) ?? null);
    }
    if (InputTransformer !== undefined) return compileTransformer(InputTransformer);
  } catch (cause) {
    throw new ConfigurationError(`${owner}: ${(cause as Error).message}`, { cause });
  }
  return ({ event }) => JSON.stringify(event);
}

function compileTransformer({
  InputPathsMap = {},
  InputTemplate,
}: {
  InputPathsMap?: Record<string, string>;
  InputTemplate: string;
}): TargetInput {
  const variables = new Map(
    Object.entries(InputPathsMap).map(([name, path]) => {
      const select = compilePath(path);
      return [name, ({ event }: TargetScope) => select(event)];
    }),
  );
  return compileTemplate<TargetScope>(InputTemplate, (name) => {
    const lookup = PREDEFINED[name] ?? variables.get(name);
    if (lookup === undefined && /^[\w.-]+$/.test(name))
      throw new Error(`the input template uses <${name}>, which InputPathsMap does not define.`);
    return lookup;
  });
}

function assertJson(text: string, owner: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new ConfigurationError(`${owner}: Input is not valid JSON.`);
  }
}
