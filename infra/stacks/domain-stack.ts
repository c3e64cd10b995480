/** Everything of one domain that runs, derived from its manifest: functions, queues, subscriptions, schedules. */
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { BusSubscription } from '../constructs/bus-subscription.ts';
import { DomainFunction } from '../constructs/domain-function.ts';
import { FunctionSchedule } from '../constructs/function-schedule.ts';
import { OutboxPipe } from '../constructs/outbox-pipe.ts';
import { QueueConsumer, receiveFrom } from '../constructs/queue-consumer.ts';
import { RunbookAlarm } from '../constructs/runbook-alarm.ts';
import { TopicQueue } from '../constructs/topic-queue.ts';
import { deadLetterQueue, WorkQueue } from '../constructs/work-queue.ts';
import type { Deployment } from '../deployment.ts';
import { functionsOf } from '../manifest/functions-of.ts';
import { loopsOf } from '../manifest/loops-of.ts';
import { queuesOf } from '../manifest/queues-of.ts';
import { constructId, productNamespace, queueName, topicRuleName } from '../naming.ts';
import { stackProps } from './stack-props.ts';

/** A backlog of one queue must not take all of the account's concurrency from people who wait for an answer. */
const defaultMaxConcurrency = 20;

export class DomainStack extends Stack {
  readonly functions = new Map<string, LambdaFunction>();
  /** Physical names. */
  readonly functionNames: string[] = [];
  readonly queues = new Map<string, WorkQueue>();
  /** Physical names of the pipes from outboxes to the bus. */
  readonly pipeNames: string[] = [];
  readonly #manifest: DomainManifest;
  readonly #deployment: Deployment;
  #scheduleDeadLetters: Queue | undefined;

  constructor(scope: Construct, manifest: DomainManifest, deployment: Deployment) {
    const { stage } = deployment;
    super(scope, constructId(manifest.name), stackProps(stage, manifest.name, `functions of ${manifest.name}`));
    this.#manifest = manifest;
    this.#deployment = deployment;
    this.#createQueues();
    this.#createFunctions();
    this.#connectQueues();
    this.#connectSchedules();
    this.#connectOutboxes();
    this.#createAlarms();
  }

  #createQueues(): void {
    const { stage, alarmTopic } = this.#deployment;
    for (const { spec, consumer, isIngest, isSentTo } of queuesOf(this.#manifest))
      this.queues.set(
        spec.name,
        new WorkQueue(this, `${constructId(spec.name)}Queue`, {
          name: queueName(stage, this.#manifest.name, spec.name),
          spec,
          timeoutSeconds: functionsOf(this.#manifest).find(({ name }) => name === consumer.name)!.timeoutSeconds,
          batchWindowSeconds: consumer.batchWindowSeconds ?? 0,
          alarmTopic,
          purpose: `${this.#manifest.name} ${consumer.name}`,
          isIngest,
          isSentTo,
        }),
      );
  }

  #createFunctions(): void {
    const queues = new Map<string, IQueue>([...this.queues].map(([name, { queue }]) => [name, queue]));
    const sourceOf = new Map(queuesOf(this.#manifest).map(({ spec, consumer }) => [consumer.name, spec.name]));
    const loops = loopsOf(this.#manifest);
    for (const spec of functionsOf(this.#manifest)) {
      const source = sourceOf.get(spec.name);
      const { lambda, name } = new DomainFunction(this, constructId(spec.name), {
        spec,
        deployment: this.#deployment,
        queues,
        isInLoop: loops.has(spec.name),
        ...(source === undefined ? {} : { statements: [receiveFrom(queues.get(source)!)] }),
        // Scheduler invokes asynchronously: Lambda tries a failed run twice more and then drops it here.
        ...(spec.kind === 'schedule' ? { deadLetterQueue: this.#deadLettersOfSchedules() } : {}),
      });
      this.functions.set(spec.name, lambda);
      this.functionNames.push(name);
    }
  }

  #connectQueues(): void {
    for (const { spec, consumer } of queuesOf(this.#manifest)) {
      const { batchSize, batchWindowSeconds, maxConcurrency } = consumer;
      new QueueConsumer(this, `${constructId(consumer.name)}Consumer`, {
        queue: this.queues.get(spec.name)!.queue,
        lambda: this.functions.get(consumer.name)!,
        ...(batchSize === undefined ? {} : { batchSize }),
        ...(batchWindowSeconds === undefined ? {} : { batchWindowSeconds }),
        maxConcurrency: maxConcurrency ?? defaultMaxConcurrency,
      });
    }
    for (const { name, events, queue } of this.#manifest.subscribers ?? [])
      new BusSubscription(this, `${constructId(name)}Subscription`, {
        bus: this.#deployment.bus,
        events,
        target: this.queues.get(queue?.name ?? name)!,
        description: `${this.#manifest.name}: ${name}`,
      });
    for (const { name, sql, queue } of this.#manifest.topicRules ?? [])
      new TopicQueue(this, `${constructId(name)}TopicRule`, {
        ruleName: topicRuleName(this.#deployment.stage, this.#manifest.name, name),
        sql,
        target: this.queues.get(queue)!,
      });
  }

  #connectSchedules(): void {
    for (const { name, schedule } of this.#manifest.schedules ?? [])
      new FunctionSchedule(this, `${constructId(name)}Schedule`, {
        schedule,
        lambda: this.functions.get(name)!,
        deadLetters: this.#deadLettersOfSchedules(),
        description: `${this.#manifest.name}: ${name}`,
      });
  }

  #connectOutboxes(): void {
    const { stage, tables, bus, alarmTopic } = this.#deployment;
    for (const [table, { outbox }] of Object.entries(this.#manifest.tables)) {
      if (!outbox) continue;
      const name = queueName(stage, table, 'outbox');
      new OutboxPipe(this, `${constructId(table)}Outbox`, {
        name,
        streamArn: tables.get(table)!.streamArn!,
        bus,
        alarmTopic,
      });
      this.pipeNames.push(name);
    }
  }

  #createAlarms(): void {
    for (const { metric, threshold, description, runbook } of this.#manifest.alarms ?? [])
      new RunbookAlarm(this, `${constructId(metric)}Alarm`, {
        metric: new Metric({
          namespace: productNamespace,
          metricName: metric,
          dimensionsMap: { service: this.#manifest.name },
          statistic: 'Sum',
          period: Duration.minutes(5),
        }),
        threshold,
        description,
        runbook,
        topic: this.#deployment.alarmTopic,
      });
  }

  /** One for all schedules of the domain, made when the first needs it. */
  #deadLettersOfSchedules(): Queue {
    const { stage, alarmTopic } = this.#deployment;
    const name = queueName(stage, this.#manifest.name, 'schedules-dlq');
    const purpose = `${this.#manifest.name} schedules`;
    this.#scheduleDeadLetters ??= deadLetterQueue(this, 'ScheduleDeadLetters', name, alarmTopic, purpose);
    return this.#scheduleDeadLetters;
  }
}
