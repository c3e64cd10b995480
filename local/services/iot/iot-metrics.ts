/**
 * The metrics AWS IoT keeps of itself, recorded when a CloudWatch service runs beside it.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
import type { AwsService, RuntimeContext } from '../../runtime/types.ts';

interface MetricSink extends AwsService {
  counter(namespace: string, name: string, dimensions: Record<string, string>): (value?: number) => void;
}

export type BrokerMetric =
  | 'Connect.Success'
  | 'Connect.AuthError'
  | 'Connect.ClientError'
  | 'PublishIn.Success'
  | 'PublishIn.AuthError'
  | 'PublishIn.ClientError'
  | 'PublishOut.Success'
  | 'Subscribe.AuthError'
  | 'Subscribe.ClientError';
export type RuleMetric = 'TopicMatch' | 'ParseError';
export type ActionMetric = 'Success' | 'Failure' | 'ErrorActionSuccess' | 'ErrorActionFailure';

export class IotMetrics {
  readonly #ctx: RuntimeContext;
  readonly #counters = new Map<string, () => void>();
  #sink: MetricSink | null | undefined;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  /** Of the broker, by protocol. */
  broker(name: BrokerMetric, protocol: 'MQTT' | 'HTTP' = 'MQTT'): void {
    this.#count(name, protocol, () => ({ Protocol: protocol }));
  }

  /** Of one rule. */
  rule(name: RuleMetric, ruleName: string): void {
    this.#count(name, ruleName, () => ({ RuleName: ruleName }));
  }

  /** Of one action of a rule. */
  action(name: ActionMetric, ruleName: string, actionType: string): void {
    this.#count(name, `${ruleName}/${actionType}`, () => ({ RuleName: ruleName, ActionType: actionType }));
  }

  /** Of the whole rules engine. */
  engine(name: 'RulesExecuted' | 'RuleNotFound'): void {
    this.#count(name, '', () => ({}));
  }

  #count(name: string, key: string, dimensions: () => Record<string, string>): void {
    const id = `${name} ${key}`;
    let count = this.#counters.get(id);
    if (count === undefined) {
      this.#sink ??= this.#findSink();
      count = this.#sink?.counter('AWS/IoT', name, dimensions()) ?? (() => {});
      this.#counters.set(id, count);
    }
    count();
  }

  /** Null when nobody collects metrics. */
  #findSink(): MetricSink | null {
    try {
      const service = this.#ctx.service<MetricSink>('monitoring');
      return typeof service.counter === 'function' ? service : null;
    } catch {
      return null;
    }
  }
}
