/** AWS Lambda on one machine: functions of the assembly, run in worker threads. */
import type { Caller, LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import type { CloudWatchService } from '../cloudwatch/index.ts';
import { AsyncInvocations, type UnfinishedEvent } from './async-invocations.ts';
import type { FunctionConfig } from './function-config.ts';
import { FunctionRegistry } from './function-registry.ts';
import { type IdleWorkerLimits, IdleWorkers } from './idle-workers.ts';
import { handleInvokeApi } from './invoke-api.ts';
import { type Invocation, LocalFunction } from './local-function.ts';
import { lambdaResources } from './resources.ts';
import { keepUnfinishedEvents, takeUnfinishedEvents } from './unfinished-events.ts';

export type LogLineListener = (functionName: string, line: string) => void;

export interface LambdaService extends LambdaInvoker {
  invoke(functionName: string, payload: string, caller?: Caller): Promise<Invocation>;
  /** Every deployed function. */
  functions(): LocalFunction[];
  /** @throws AwsError ResourceNotFoundException */
  function(functionName: string): LocalFunction;
  /** Loads the function in one execution environment, so that the next invocation is no cold start. */
  warm(functionName: string): Promise<void>;
  /** Hears every line functions write; returns the unsubscribe function. */
  onLogLine(listener: LogLineListener): () => void;
  /** What is going on, for tests that wait until nothing is. */
  activity(): { busy: number; waiting: number; retrying: number; workers: number };
}

/** How long `stop` lets running invocations finish, in real time. */
const stopGraceMs = 1_000;

export function createLambdaService(ctx: RuntimeContext, limits?: IdleWorkerLimits): LambdaService {
  const registry = new FunctionRegistry();
  const idleWorkers = new IdleWorkers(limits);
  const asyncInvocations = new AsyncInvocations(ctx);
  const listeners = new Set<LogLineListener>();
  const onLogLine: LogLineListener = (functionName, line) => {
    for (const listener of listeners) {
      try {
        listener(functionName, line);
      } catch (error) {
        // A line that cannot be indexed must not fail the function that wrote it.
        ctx.log.error('A log line was lost', { function: functionName, error: (error as Error).message });
      }
    }
  };

  const resume = (event: UnfinishedEvent) => {
    try {
      const found = registry.find(`${event.functionName}:${event.qualifier}`);
      asyncInvocations.resume(event, found, registry.eventConfig(found));
    } catch {
      ctx.log.warn('An unfinished event has no function any more', { function: event.functionName });
    }
  };

  const service: LambdaService = {
    signingName: 'lambda',
    resources: lambdaResources({
      ctx,
      registry,
      add(config, layerPaths) {
        registry.add(new LocalFunction({ config, ctx, idleWorkers, layerPaths, onLogLine }));
        useLogGroup(ctx, config);
      },
    }),
    handle: (request) => handleInvokeApi(service, request),
    async invoke(functionName, payload, caller) {
      const { fn, qualifier } = registry.find(functionName);
      if (caller) ctx.access.checkCaller(caller, 'lambda:InvokeFunction', fn.config.arn);
      return fn.invoke(payload, undefined, qualifier);
    },
    async invokeAsync(functionName, payload) {
      const found = registry.find(functionName);
      asyncInvocations.accept(found, registry.eventConfig(found), payload);
    },
    functions: () => registry.all(),
    function: (functionName) => registry.find(functionName).fn,
    warm: (functionName) => registry.find(functionName).fn.pool.warm(),
    onLogLine(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    activity() {
      const total = { busy: 0, waiting: 0, retrying: asyncInvocations.retrying, workers: 0 };
      for (const { pool } of registry.all()) {
        total.busy += pool.busy;
        total.waiting += pool.waiting;
        total.workers += pool.size;
      }
      return total;
    },
    async start() {
      for (const event of ctx.dataDir === undefined ? [] : takeUnfinishedEvents(ctx.dataDir)) resume(event);
    },
    async stop() {
      asyncInvocations.stop();
      idleWorkers.stop();
      const deadline = performance.now() + stopGraceMs;
      while (service.activity().busy > 0 && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await Promise.all(registry.all().map(({ pool }) => pool.stop()));
      if (ctx.dataDir !== undefined) keepUnfinishedEvents(ctx.dataDir, asyncInvocations.unfinished());
    },
  };
  ctx.targets.register('lambda', ({ arn, payload }) => service.invokeAsync(arn, payload));
  return service;
}

/** CloudWatch keeps the function's lines in the group that the template names. */
function useLogGroup(ctx: RuntimeContext, { name, logGroupName }: FunctionConfig): void {
  let logs: Partial<CloudWatchService>;
  try {
    logs = ctx.service<CloudWatchService>('logs');
  } catch {
    return; // without CloudWatch, as in tests of this service alone, nobody keeps lines
  }
  logs.useLogGroup?.(name, logGroupName);
}
