/**
 * Dead-letter queue redrive: moves messages back to where they came from, at a chosen rate of modelled time.
 * @see Developer Guide, "Configure a dead-letter queue redrive"; API Reference, StartMessageMoveTask
 */
import { randomUUID } from 'node:crypto';
import { AwsError, type Clock, type ClockTimer } from '../../runtime/types.ts';
import { invalid } from './message.ts';
import type { Queue } from './queue.ts';

interface MoveTask {
  TaskHandle: string;
  Status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  SourceArn: string;
  DestinationArn?: string;
  MaxNumberOfMessagesPerSecond?: number;
  ApproximateNumberOfMessagesMoved: number;
  ApproximateNumberOfMessagesToMove: number;
  StartedTimestamp: number;
  FailureReason?: string;
}

/** What one step moves when no rate is asked for: as fast as it goes, without holding the event loop. */
const UNTHROTTLED_STEP = 500;

export class MoveTasks {
  readonly #clock: Clock;
  readonly #queueByArn: (arn: string) => Queue | undefined;
  readonly #queues: () => Iterable<Queue>;
  readonly #tasks: MoveTask[] = [];
  readonly #timers = new Map<MoveTask, ClockTimer>();

  constructor(clock: Clock, queueByArn: (arn: string) => Queue | undefined, queues: () => Iterable<Queue>) {
    this.#clock = clock;
    this.#queueByArn = queueByArn;
    this.#queues = queues;
  }

  start(input: { SourceArn?: string; DestinationArn?: string; MaxNumberOfMessagesPerSecond?: number }): MoveTask {
    const { SourceArn = '', DestinationArn, MaxNumberOfMessagesPerSecond: rate } = input;
    const source = this.#find(SourceArn);
    if (DestinationArn !== undefined) this.#find(DestinationArn);
    if (![...this.#queues()].some(({ settings }) => settings.redrive?.deadLetterTargetArn === SourceArn))
      throw invalid('Source queue must be configured as a Dead Letter Queue.');
    if (rate !== undefined && !(Number.isInteger(rate) && rate >= 1 && rate <= 500))
      throw invalid('Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and 500.');
    if (this.#tasks.some((task) => task.SourceArn === SourceArn && task.Status === 'RUNNING'))
      throw invalid(
        'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
      );
    const task: MoveTask = {
      TaskHandle: Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn })).toString('base64'),
      Status: 'RUNNING',
      SourceArn,
      ...(DestinationArn !== undefined && { DestinationArn }),
      ...(rate !== undefined && { MaxNumberOfMessagesPerSecond: rate }),
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: source.counts().visible,
      StartedTimestamp: this.#clock.now(),
    };
    this.#tasks.unshift(task);
    this.#next(task, source, 0);
    return task;
  }

  /** The ten newest tasks of a source at most; only a running one shows its handle. */
  list(sourceArn: string, maxResults = 1): Partial<MoveTask>[] {
    this.#find(sourceArn);
    return this.#tasks
      .filter((task) => task.SourceArn === sourceArn)
      .slice(0, Math.min(10, maxResults))
      .map(({ TaskHandle, ...task }) => (task.Status === 'RUNNING' ? { TaskHandle, ...task } : task));
  }

  cancel(handle: string): MoveTask {
    const task = this.#tasks.find(({ TaskHandle, Status }) => TaskHandle === handle && Status === 'RUNNING');
    if (task === undefined) throw new AwsError('ResourceNotFoundException', 'Task does not exist.', 404);
    this.#end(task, 'CANCELLED');
    return task;
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #next(task: MoveTask, source: Queue, delayMs: number): void {
    this.#timers.set(
      task,
      this.#clock.setTimer(delayMs, () => {
        try {
          this.#step(task, source);
        } catch (error) {
          task.FailureReason = error instanceof Error ? error.message : String(error);
          this.#end(task, 'FAILED');
        }
      }),
    );
  }

  #step(task: MoveTask, source: Queue): void {
    const rate = task.MaxNumberOfMessagesPerSecond;
    for (let moved = 0; moved < (rate ?? UNTHROTTLED_STEP); moved += 1) {
      const message = source.takeForMove();
      if (message === undefined) {
        this.#end(task, 'COMPLETED');
        return;
      }
      const destination = this.#queueByArn(task.DestinationArn ?? message.deadLetterSourceArn ?? '');
      if (destination === undefined) {
        source.adopt(message, { ...message, deadLetterSourceArn: message.deadLetterSourceArn });
        throw new Error('CouldNotDetermineMessageSource');
      }
      // "Redriven messages are considered new": new id and enqueue time.
      destination.adopt(message, { messageId: randomUUID(), sentAt: this.#clock.now() });
      task.ApproximateNumberOfMessagesMoved += 1;
    }
    this.#next(task, source, rate === undefined ? 0 : 1000);
  }

  #end(task: MoveTask, status: MoveTask['Status']): void {
    task.Status = status;
    this.#timers.get(task)?.cancel();
    this.#timers.delete(task);
  }

  #find(arn: string): Queue {
    const queue = this.#queueByArn(arn);
    if (queue === undefined)
      throw new AwsError(
        'ResourceNotFoundException',
        `The resource that you specified for the SourceArn or DestinationArn parameter doesn't exist: ${arn}`,
        404,
      );
    return queue;
  }
}
