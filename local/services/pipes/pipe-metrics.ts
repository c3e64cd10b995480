/**
 * The metrics EventBridge Pipes keeps of a pipe.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
 */
import { ServiceMetrics } from '../../runtime/service-metrics.ts';
import type { RuntimeContext } from '../../runtime/types.ts';
import type { TargetOutcome } from './pipe-target.ts';

/** Records one execution: a batch that was tried. */
export type RecordExecution = (outcome: TargetOutcome, events: number, durationMs: number) => void;

export function executionRecorder(ctx: RuntimeContext, pipeName: string): RecordExecution {
  const metrics = new ServiceMetrics(ctx, 'AWS/EventBridge/Pipes');
  const pipe = { PipeName: pipeName };
  return (outcome, events, durationMs) => {
    const isFailed = outcome.kind === 'failed';
    const isPartial = isFailed && outcome.failed !== 'all' && outcome.failed.length < events;
    metrics.count('Invocations', pipe);
    metrics.count('EventCount', pipe, events);
    metrics.put('Duration', pipe, durationMs);
    // "This value will be 0 if no executions failed."
    metrics.count('ExecutionFailed', pipe, isFailed && !isPartial ? 1 : 0);
    metrics.count('ExecutionPartiallyFailed', pipe, isPartial ? 1 : 0);
    metrics.count('ExecutionThrottled', pipe, outcome.kind === 'throttled' ? 1 : 0);
  };
}
