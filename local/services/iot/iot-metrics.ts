/**
 * The metrics AWS IoT keeps of itself, recorded when a CloudWatch service runs beside it.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/metrics_dimensions.html
 */
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { RuntimeContext } from '../../runtime/types.ts';

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
  readonly #metrics: ServiceMetrics;

  constructor(ctx: RuntimeContext) {
    this.#metrics = new ServiceMetrics(ctx, 'AWS/IoT');
  }

  /** Of the broker, by protocol. */
  broker(name: BrokerMetric, protocol: 'MQTT' | 'HTTP' = 'MQTT'): void {
    this.#metrics.count(name, { Protocol: protocol });
  }

  /** Of one rule. */
  rule(name: RuleMetric, ruleName: string): void {
    this.#metrics.count(name, { RuleName: ruleName });
  }

  /** Of one action of a rule. */
  action(name: ActionMetric, ruleName: string, actionType: string): void {
    this.#metrics.count(name, { RuleName: ruleName, ActionType: actionType });
  }

  /** Of the whole rules engine. */
  engine(name: 'RulesExecuted' | 'RuleNotFound'): void {
    this.#metrics.count(name, {});
  }
}
