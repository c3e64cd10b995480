/** Deploys small functions from source text for the tests of this folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock, type TurnableClock } from '../../runtime/clock.ts';
import { CostMeter } from '../../runtime/cost-meter.ts';
import { FaultInjector } from '../../runtime/faults.ts';
import { openAccess } from '../../runtime/open-access.ts';
import { createTargetRouter } from '../../runtime/targets.ts';
import type { AwsService, CreatedResource, RuntimeContext, TargetRequest } from '../../runtime/types.ts';
import type { IdleWorkerLimits } from './idle-workers.ts';
import { createLambdaService, type LambdaService } from './index.ts';

export interface LambdaBench {
  lambda: LambdaService;
  ctx: RuntimeContext & { clock: TurnableClock };
  /** Lines of all functions, `name: line`. */
  lines: string[];
  /** What was sent to queues and buses. */
  deliveries: TargetRequest[];
  /** Writes the files as a package and deploys a function from it. */
  deploy(name: string, files: Record<string, string>, properties?: Record<string, unknown>): Promise<void>;
  create(
    type: string,
    properties: Record<string, unknown>,
    metadata?: Record<string, unknown>,
  ): Promise<CreatedResource>;
  invoke(name: string, event?: unknown): Promise<{ answer: any; error: string | undefined }>;
  dispose(): Promise<void>;
}

export function createLambdaBench(limits?: IdleWorkerLimits, dataDir?: string): LambdaBench {
  const directory = mkdtempSync(join(tmpdir(), 'functions-'));
  const ctx = {
    clock: createClock(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    meter: new CostMeter(),
    faults: new FaultInjector(),
    dataDir,
    region: 'me-south-1',
    accountId: '123456789012',
    ports: { rest: 0, mqtt: 0, aws: 4566 },
    service<T extends AwsService>(): T {
      throw new Error('There is no other service in these tests.');
    },
    targets: createTargetRouter(openAccess),
    access: openAccess,
  };
  const deliveries: TargetRequest[] = [];
  for (const service of ['sqs', 'events'] as const)
    ctx.targets.register(service, async (request) => void deliveries.push(request));
  const lambda = createLambdaService(ctx, limits);
  const lines: string[] = [];
  lambda.onLogLine((name, line) => lines.push(`${name}: ${line}`));

  const create: LambdaBench['create'] = async (type, properties, metadata = {}) =>
    lambda.resources[type]!({
      logicalId: 'Resource',
      stackName: 'Stack',
      type,
      properties,
      metadata,
      defaultName: `${type.split('::').pop()}-default`,
    });

  return {
    lambda,
    ctx,
    lines,
    deliveries,
    create,
    async deploy(name, files, properties = {}) {
      const codeDirectory = join(directory, name);
      mkdirSync(codeDirectory, { recursive: true });
      for (const [file, source] of Object.entries(files)) writeFileSync(join(codeDirectory, file), source);
      await create(
        'AWS::Lambda::Function',
        {
          FunctionName: name,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 20,
          Role: 'arn:aws:iam::123456789012:role/worker',
          ...properties,
        },
        { 'aws:asset:path': codeDirectory },
      );
    },
    async invoke(name, event = {}) {
      const { payload, functionError } = await lambda.invoke(name, JSON.stringify(event));
      return { answer: JSON.parse(payload), error: functionError };
    },
    async dispose() {
      await lambda.stop!();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
