/**
 * Runs topic rules over messages. Which rules a topic reaches is remembered, because devices publish
 * to the same topics again and again.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-rules.html
 */
import { randomUUID } from 'node:crypto';
import type { RuntimeContext } from '../../runtime/types.ts';
import type { RuleAction } from './actions/action.ts';
import type { IotMetrics } from './iot-metrics.ts';
import { billedSteps } from './message-meter.ts';
import { type MessageFacts, RuleMessage } from './sql/message.ts';
import type { Outgoing, RuleStatement } from './sql/rule-statement.ts';
import { basicIngest, topicMatcher } from './topics.ts';

const REMEMBERED_TOPICS = 100_000;

export interface TopicRule {
  name: string;
  enabled: boolean;
  statement: RuleStatement;
  actions: RuleAction[];
  errorAction: RuleAction | undefined;
}

/** What a message brings to the engine beside topic and payload. */
export interface MessageOrigin {
  topic: string;
  payload: Buffer;
  clientId: string | undefined;
  principal: string | undefined;
  sourceIp: string | undefined;
}

interface Failure {
  failedAction: string;
  failedResource: string;
  errorMessage: string;
}

export class RulesEngine {
  readonly #ctx: RuntimeContext;
  readonly #metrics: IotMetrics;
  readonly #rules = new Map<string, TopicRule>();
  readonly #matchers = new Map<TopicRule, (topic: string) => boolean>();
  #byTopic = new Map<string, TopicRule[]>();
  readonly #running = new Set<Promise<void>>();

  constructor(ctx: RuntimeContext, metrics: IotMetrics) {
    this.#ctx = ctx;
    this.#metrics = metrics;
  }

  add(rule: TopicRule): void {
    this.#rules.set(rule.name, rule);
    const { topicFilter } = rule.statement;
    if (topicFilter !== undefined) this.#matchers.set(rule, topicMatcher(topicFilter));
    this.#byTopic = new Map();
  }

  get(name: string): TopicRule | undefined {
    return this.#rules.get(name);
  }

  /** Evaluates at once; the actions go on after it returns. */
  process(origin: MessageOrigin): void {
    const direct = basicIngest(origin.topic);
    if (direct === undefined) {
      const rules = this.#rulesFor(origin.topic);
      if (rules.length === 0) return;
      const message = new RuleMessage(this.#facts(origin, origin.topic));
      for (const rule of rules) this.#run(rule, message);
      return;
    }
    const rule = this.#rules.get(direct.ruleName);
    if (rule?.enabled) this.#run(rule, new RuleMessage(this.#facts(origin, direct.topic)));
    else this.#notFound(direct.ruleName);
  }

  #notFound(ruleName: string): void {
    this.#metrics.engine('RuleNotFound');
    this.#ctx.log.error(`RuleNotFound: Basic Ingest names the rule "${ruleName}", which is not active`);
  }

  /** Resolves when every action that has begun is over. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #rulesFor(topic: string): TopicRule[] {
    let rules = this.#byTopic.get(topic);
    if (rules === undefined) {
      if (this.#byTopic.size >= REMEMBERED_TOPICS) this.#byTopic.clear();
      rules = [...this.#matchers].filter(([rule, matches]) => rule.enabled && matches(topic)).map(([rule]) => rule);
      this.#byTopic.set(topic, rules);
    }
    return rules;
  }

  #facts(origin: MessageOrigin, topic: string): MessageFacts {
    const { payload, clientId, principal, sourceIp } = origin;
    const { accountId, clock } = this.#ctx;
    let traceId: string | undefined;
    return {
      topic,
      payload,
      clientId,
      principal,
      sourceIp,
      accountId,
      timestamp: clock.now(),
      // Most rules never ask for it.
      get traceId() {
        if (clientId !== undefined) traceId ??= randomUUID();
        return traceId;
      },
    };
  }

  /** Billed per rule triggered and per action executed, at least one, in steps of 5 KB. */
  #run(rule: TopicRule, message: RuleMessage): void {
    const steps = billedSteps(message.facts.payload.length);
    this.#ctx.meter.count('iotCore.ruleTriggeredPerMillion', steps);
    this.#ctx.meter.count('iotCore.ruleActionPerMillion', steps * Math.max(1, rule.actions.length));
    this.#metrics.rule('TopicMatch', rule.name);
    this.#metrics.engine('RulesExecuted');
    let outgoing: Outgoing | undefined;
    try {
      outgoing = rule.statement.evaluate(message);
    } catch (error) {
      this.#metrics.rule('ParseError', rule.name);
      this.#track(this.#fail(rule, message, [failure('SqlStatement', rule.name, error)]));
    }
    if (outgoing !== undefined) this.#track(this.#act(rule, message, outgoing));
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    work
      .catch((error: Error) => this.#ctx.log.error('The rules engine failed at a message', { error: error.stack }))
      .finally(() => this.#running.delete(work));
  }

  async #act(rule: TopicRule, message: RuleMessage, outgoing: Outgoing): Promise<void> {
    const failures: Failure[] = [];
    for (const action of rule.actions) {
      try {
        await action.execute(outgoing, message);
        this.#metrics.action('Success', rule.name, action.name);
      } catch (error) {
        this.#metrics.action('Failure', rule.name, action.name);
        failures.push(failure(action.name, action.resource(message), error));
      }
    }
    if (failures.length > 0) await this.#fail(rule, message, failures);
  }

  /** One message per rule and message. @see https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html */
  async #fail(rule: TopicRule, message: RuleMessage, failures: Failure[]): Promise<void> {
    const { topic, payload, clientId, traceId } = message.facts;
    this.#ctx.log.error(`IoT rule "${rule.name}" failed: ${failures[0]!.errorMessage}`, { topic, failures });
    if (rule.errorAction === undefined) return;
    const report = {
      ruleName: rule.name,
      topic,
      cloudwatchTraceId: traceId ?? randomUUID(),
      clientId: clientId ?? 'N/A',
      base64OriginalPayload: payload.toString('base64'),
      failures,
    };
    try {
      await rule.errorAction.execute(JSON.stringify(report), message);
      this.#metrics.action('ErrorActionSuccess', rule.name, rule.errorAction.name);
    } catch (error) {
      this.#metrics.action('ErrorActionFailure', rule.name, rule.errorAction.name);
      this.#ctx.log.error(`The error action of IoT rule "${rule.name}" failed`, { error: String(error) });
    }
  }
}

function failure(failedAction: string, failedResource: string, error: unknown): Failure {
  return { failedAction, failedResource, errorMessage: error instanceof Error ? error.message : String(error) };
}
