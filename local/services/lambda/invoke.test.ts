import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLambdaBench, type LambdaBench } from './test-functions.ts';

let bench: LambdaBench;
beforeAll(() => {
  bench = createLambdaBench();
});
afterAll(() => bench.dispose());

/** Deploys a function whose handler body is the given source, and invokes it once. */
let functions = 0;
async function run(body: string, event: unknown = {}, properties: Record<string, unknown> = {}) {
  const name = `fn-${functions++}`;
  await bench.deploy(
    name,
    { 'index.mjs': `export const handler = async (event, context) => { ${body} };` },
    properties,
  );
  return { name, ...(await bench.invoke(name, event)) };
}

describe('invoking a function', () => {
  it('hands over the event and the context', async () => {
    const { answer } = await run(
      'return { event, name: context.functionName, arn: context.invokedFunctionArn, memory: context.memoryLimitInMB, left: context.getRemainingTimeInMillis(), id: context.awsRequestId };',
      { meter: 'ACR-1' },
      { MemorySize: 256 },
    );
    expect(answer.event).toEqual({ meter: 'ACR-1' });
    expect(answer.arn).toBe(`arn:aws:lambda:me-south-1:123456789012:function:${answer.name}`);
    expect(answer.memory).toBe('256');
    expect(answer.left).toBeGreaterThan(15_000);
    expect(answer.left).toBeLessThanOrEqual(20_000);
    expect(answer.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives the declared environment and nothing of this machine', async () => {
    process.env['MIZAN_HOST_SECRET'] = 'leak';
    const { answer } = await run('return process.env;', {}, { Environment: { Variables: { TABLE: 'readings' } } });
    expect(answer).toMatchObject({
      TABLE: 'readings',
      AWS_REGION: 'me-south-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
    });
    expect(answer).not.toHaveProperty('MIZAN_HOST_SECRET');
    expect(answer).not.toHaveProperty('HOME');
    delete process.env['MIZAN_HOST_SECRET'];
  });

  it('keeps what a module holds between invocations, and runs one at a time', async () => {
    await bench.deploy(
      'counter',
      { 'index.mjs': 'let n = 0; export const handler = async () => { n += 1; return n; };' },
      { ReservedConcurrentExecutions: 1 },
    );
    const answers = await Promise.all([1, 2, 3].map(() => bench.invoke('counter')));
    expect(answers.map(({ answer }) => answer)).toEqual([1, 2, 3]);
    expect(bench.lambda.function('counter').coldStarts).toBe(1);
  });

  it('starts more workers for invocations at the same time, up to four', async () => {
    await bench.deploy('slow', {
      'index.mjs': `import { threadId } from 'node:worker_threads'; import { setTimeout } from 'node:timers/promises';
        export const handler = async () => { await setTimeout(300); return threadId; };`,
    });
    const answers = await Promise.all(Array.from({ length: 8 }, () => bench.invoke('slow')));
    expect(new Set(answers.map(({ answer }) => answer)).size).toBeLessThanOrEqual(4);
    expect(new Set(answers.map(({ answer }) => answer)).size).toBeGreaterThan(1);
    expect(bench.lambda.activity()).toMatchObject({ busy: 0, waiting: 0 });
  });

  it('counts requests and billed memory-time', async () => {
    bench.ctx.meter.reset();
    const { name } = await run('return 1;', {}, { MemorySize: 1024 });
    const second = await bench.lambda.invoke(name, '{}');
    expect(second.initMs).toBeUndefined();
    expect(bench.ctx.meter.units('lambda.requestPerMillion')).toBe(2);
    const gbSeconds = bench.ctx.meter.units('lambda.arm64GBSecond');
    expect(gbSeconds).toBeGreaterThanOrEqual(0.002);
    expect(Math.abs(gbSeconds * 1000 - Math.round(gbSeconds * 1000))).toBeLessThan(1e-6);
  });

  it('measures the CPU time of an invocation, without what it waits', async () => {
    const { name } = await run(
      `const { setTimeout } = await import('node:timers/promises');
       const spin = () => { const from = process.threadCpuUsage().user; while (process.threadCpuUsage().user - from < 10_000); };
       spin(); await setTimeout(50); spin(); return 1;`,
    );
    const { cpuMs, durationMs } = await bench.lambda.invoke(name, '{}');
    expect(cpuMs).toBeGreaterThanOrEqual(19);
    expect(cpuMs).toBeLessThan(durationMs - 30);
  });

  it('turns Date with the clock, in all its forms', async () => {
    bench.ctx.clock.advance(30 * 86_400_000);
    const { answer } = await run(
      `class Own extends Date {}
       return { now: Date.now(), made: new Date().getTime(), text: Date().slice(11, 15), fixed: new Date(2020, 0, 1).toISOString(),
         instance: new Own() instanceof Date && new Own() instanceof Own && structuredClone(new Date(5)) instanceof Date, utc: Date.UTC(1970, 0, 2) };`,
    );
    const expected = Date.now() + 30 * 86_400_000;
    expect(Math.abs(answer.now - expected)).toBeLessThan(10_000);
    expect(Math.abs(answer.made - expected)).toBeLessThan(10_000);
    expect(answer.text).toBe(String(new Date(expected).getFullYear()));
    expect(answer.instance).toBe(true);
    expect(answer.utc).toBe(86_400_000);
  });

  it('collects the log in the text form of Lambda', async () => {
    const { name } = await run(
      `console.log('hello %s', 'you'); console.error('bad'); process.stdout.write('raw\\nhalf'); process.stdout.write(' line\\n'); return 1;`,
    );
    const lines = bench.lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length + 2));
    expect(lines[0]).toMatch(/^\d{4}-.*Z\t[0-9a-f-]{36}\tINFO\thello you$/);
    expect(lines[1]).toMatch(/\tERROR\tbad$/);
    expect(lines.slice(2, 4)).toEqual(['raw', 'half line']);
    expect(lines[4]).toMatch(/^REPORT RequestId: .*Billed Duration: \d+ ms.*Init Duration/);
  });

  it('collects the log in the JSON form when it is declared', async () => {
    const { name } = await run(
      `console.debug('dropped'); console.info({ a: 1 }); console.error('x', new TypeError('no')); return 1;`,
      {},
      { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' } },
    );
    const lines = bench.lines
      .filter((line) => line.startsWith(name))
      .map((line) => JSON.parse(line.slice(name.length + 2)));
    expect(lines[0]).toMatchObject({ level: 'INFO', message: { a: 1 } });
    expect(lines[1]).toMatchObject({ level: 'ERROR', errorType: 'TypeError', errorMessage: 'no' });
    expect(lines[2]).toMatchObject({ type: 'platform.report', record: { status: 'success' } });
  });

  it('leaves out what is below the declared system log level', async () => {
    const properties = { LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' } };
    const { name } = await run(`console.warn('kept'); return 1;`, {}, properties);
    expect(bench.lines.filter((line) => line.startsWith(name))).toEqual([expect.stringContaining('"message":"kept"')]);
  });

  it('answers null for undefined', async () => {
    expect((await run('')).answer).toBe(null);
  });

  it('loads CommonJS in a .js file even below a package.json of ES modules', async () => {
    await bench.deploy('.', { 'package.json': '{"type":"module"}' });
    await bench.deploy('cjs', {
      'index.js':
        'const os = require("node:os"); exports.handler = async () => [typeof os.cpus, __filename.length > 0];',
    });
    expect(await bench.invoke('cjs')).toMatchObject({ answer: ['function', true] });
  });

  it('is warm after warm()', async () => {
    await bench.deploy('warmed', { 'index.mjs': 'export const handler = async () => 1;' });
    await bench.lambda.warm('warmed');
    expect(bench.lambda.function('warmed').coldStarts).toBe(1);
    await bench.invoke('warmed');
    expect(bench.lambda.function('warmed').coldStarts).toBe(1);
  });

  it('refuses an unknown function, and one whose concurrency is zero', async () => {
    await expect(bench.lambda.invoke('nobody', '{}')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
    });
    await bench.deploy('off', { 'index.mjs': '' }, { ReservedConcurrentExecutions: 0 });
    await expect(bench.lambda.invoke('off', '{}')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
    });
  });

  it('refuses a payload above 6 MB', async () => {
    const { name } = await run('return 1;');
    await expect(bench.lambda.invoke(name, JSON.stringify('x'.repeat(6_300_000)))).rejects.toMatchObject({
      status: 413,
    });
  });
});
