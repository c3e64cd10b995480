import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLambdaBench, type LambdaBench } from './test-functions.ts';

const queueArn = 'arn:aws:sqs:me-south-1:123456789012:failures';

let bench: LambdaBench;
beforeAll(async () => {
  bench = createLambdaBench();
  const failing = {
    'index.mjs': `export const handler = async (event) => { console.log('tried'); throw new Error(event.why); };`,
  };
  await bench.deploy('failing', failing);
  await bench.deploy('dead-letter', failing, { DeadLetterConfig: { TargetArn: queueArn } });
  await bench.deploy('working', { 'index.mjs': 'export const handler = async () => ({ ok: true });' });
  await bench.deploy(
    'off',
    { 'index.mjs': '' },
    { ReservedConcurrentExecutions: 0, DeadLetterConfig: { TargetArn: queueArn } },
  );
});
afterAll(() => bench.dispose());
beforeEach(() => {
  bench.deliveries.length = 0;
  bench.lines.length = 0;
  bench.ctx.faults.clear();
});

const tries = () => bench.lines.filter((line) => line.endsWith('tried')).length;
const waitFor = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const untilRetrying = (count: number) =>
  waitFor(() => expect(bench.lambda.activity()).toMatchObject({ retrying: count, busy: 0 }));

describe('asynchronous invocation', () => {
  it('tries again one and two minutes after an error, then reports to the destination', async () => {
    await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'failing',
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    });
    await bench.lambda.invokeAsync('failing', '{"why":"wrong"}');
    await untilRetrying(1);
    expect(tries()).toBe(1);
    bench.ctx.clock.advance(59_000);
    expect(bench.lambda.activity().retrying).toBe(1);
    bench.ctx.clock.advance(1_100);
    await waitFor(() => expect(tries()).toBe(2));
    await untilRetrying(1);
    bench.ctx.clock.advance(120_000);
    await waitFor(() => expect(bench.deliveries).toHaveLength(1));
    expect(tries()).toBe(3);
    const [delivery] = bench.deliveries;
    expect(delivery!.arn).toBe(queueArn);
    expect(JSON.parse(delivery!.payload)).toMatchObject({
      version: '1.0',
      requestContext: {
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
        functionArn: expect.stringMatching(/failing:\$LATEST$/),
      },
      requestPayload: { why: 'wrong' },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'wrong' },
    });
  });

  it('sends the event alone to a dead-letter queue', async () => {
    await bench.create('AWS::Lambda::EventInvokeConfig', { FunctionName: 'dead-letter', MaximumRetryAttempts: 0 });
    await bench.lambda.invokeAsync('dead-letter', '{"why":"x"}');
    await waitFor(() => expect(bench.deliveries).toEqual([{ arn: queueArn, payload: '{"why":"x"}' }]));
  });

  it('gives up events that would become too old', async () => {
    await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'failing',
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    });
    await bench.lambda.invokeAsync('failing', '{}');
    await waitFor(() => expect(bench.deliveries).toHaveLength(1));
    expect(JSON.parse(bench.deliveries[0]!.payload).requestContext.condition).toBe('EventAgeExceeded');
  });

  it('reports success to its destination', async () => {
    const busArn = 'arn:aws:events:me-south-1:123456789012:event-bus/mizan';
    await bench.create('AWS::Lambda::EventInvokeConfig', {
      FunctionName: 'working',
      DestinationConfig: { OnSuccess: { Destination: busArn } },
    });
    await bench.lambda.invokeAsync('arn:aws:lambda:me-south-1:123456789012:function:working', '{}');
    await waitFor(() => expect(bench.deliveries).toHaveLength(1));
    expect(bench.deliveries[0]).toMatchObject({
      arn: busArn,
      parameters: { source: 'lambda', detailType: 'Lambda Function Invocation Result - Success' },
    });
    expect(JSON.parse(bench.deliveries[0]!.payload).responsePayload).toEqual({ ok: true });
  });

  it('backs off while throttled and loses nothing', async () => {
    bench.ctx.faults.use([{ point: 'lambda.throttle', probability: 1, limit: 2, resource: 'working' }]);
    await bench.lambda.invokeAsync('working', '{}');
    await untilRetrying(1);
    bench.ctx.clock.advance(1_100);
    await untilRetrying(1);
    expect(bench.deliveries).toHaveLength(0);
    bench.ctx.clock.advance(2_100);
    await waitFor(() => expect(bench.deliveries).toHaveLength(1));
  });

  it('sends events of a function that is switched off straight to the dead-letter queue', async () => {
    await bench.lambda.invokeAsync('off', '{"a":1}');
    await waitFor(() => expect(bench.deliveries).toEqual([{ arn: queueArn, payload: '{"a":1}' }]));
  });

  it('refuses events above 1 MB', async () => {
    await expect(bench.lambda.invokeAsync('working', JSON.stringify('x'.repeat(1_100_000)))).rejects.toMatchObject({
      status: 413,
    });
  });

  it('is a target of the router', async () => {
    await bench.ctx.targets.deliver({ arn: 'arn:aws:lambda:me-south-1:123456789012:function:working', payload: '{}' });
    await waitFor(() => expect(bench.deliveries).toHaveLength(1));
  });

  it('goes on after a restart with what a stop left unfinished', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'restart-'));
    const code = (body: string) => ({ 'index.mjs': `export const handler = async (event) => { ${body} };` });
    const first = createLambdaBench(undefined, dataDir);
    await first.deploy('flaky', code(`throw new Error('not yet')`));
    await first.deploy('hanging', code('await new Promise((resolve) => setTimeout(resolve, 15_000));'));
    await first.lambda.invokeAsync('flaky', '{"n":1}');
    await waitFor(() => expect(first.lambda.activity()).toMatchObject({ retrying: 1 }));
    await first.lambda.invokeAsync('hanging', '{"n":2}');
    await first.dispose();

    const second = createLambdaBench(undefined, dataDir);
    for (const name of ['flaky', 'hanging']) await second.deploy(name, code('console.log(JSON.stringify(event));'));
    await second.lambda.start!();
    await waitFor(() => {
      expect(second.lines.some((line) => line.startsWith('flaky') && line.endsWith('{"n":1}'))).toBe(true);
      expect(second.lines.some((line) => line.startsWith('hanging') && line.endsWith('{"n":2}'))).toBe(true);
    });
    await second.dispose();
    expect(readdirSync(dataDir)).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });
});
