/** Finds functions by every name the AWS API and other services call them. */
import { AwsError } from '../../runtime/types.ts';
import { defaultEventInvokeConfig, type EventInvokeConfig } from './async-invocations.ts';
import type { LocalFunction } from './local-function.ts';

export interface FoundFunction {
  fn: LocalFunction;
  qualifier: string;
}

/** `name`, `name:qualifier`, `account:function:name`, and ARNs; in API Gateway's integration URIs the ARN is embedded. */
const referencePattern = /^(?:.*?function:)?([A-Za-z0-9-_]+)(?::([A-Za-z0-9-_$]+))?(?:\/invocations)?$/;

export class FunctionRegistry {
  readonly #functions = new Map<string, LocalFunction>();
  readonly #found = new Map<string, FoundFunction>();
  readonly #eventConfigs = new Map<LocalFunction, Map<string, EventInvokeConfig>>();

  add(fn: LocalFunction): void {
    this.#functions.set(fn.config.name, fn);
  }

  all(): LocalFunction[] {
    return [...this.#functions.values()];
  }

  /** @throws AwsError ResourceNotFoundException */
  find(reference: string): FoundFunction {
    const known = this.#found.get(reference);
    if (known) return known;
    const [, name = '', qualifier = '$LATEST'] = referencePattern.exec(reference) ?? [];
    const fn = this.#functions.get(name);
    if (!fn?.qualifiers.has(qualifier))
      throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404, { Type: 'User' });
    const found = { fn, qualifier };
    this.#found.set(reference, found);
    return found;
  }

  configureEvents(fn: LocalFunction, qualifier: string, config: EventInvokeConfig): void {
    const configs = this.#eventConfigs.get(fn) ?? new Map<string, EventInvokeConfig>();
    configs.set(qualifier, config);
    this.#eventConfigs.set(fn, configs);
  }

  eventConfig({ fn, qualifier }: FoundFunction): EventInvokeConfig {
    return this.#eventConfigs.get(fn)?.get(qualifier) ?? defaultEventInvokeConfig;
  }
}
