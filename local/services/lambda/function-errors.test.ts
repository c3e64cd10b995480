import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLambdaBench, type LambdaBench } from './test-functions.ts';

let bench: LambdaBench;
beforeAll(() => {
  bench = createLambdaBench();
});
afterAll(() => bench.dispose());

let functions = 0;
async function run(body: string, properties: Record<string, unknown> = {}) {
  return runModule({ 'index.mjs': `export const handler = async (event) => { ${body} };` }, properties);
}

async function runModule(files: Record<string, string>, properties: Record<string, unknown> = {}) {
  const name = `fn-${functions++}`;
  await bench.deploy(name, files, properties);
  const result = await bench.lambda.invoke(name, '{}');
  return { name, error: result.functionError, ...JSON.parse(result.payload) };
}

describe('a function that fails', () => {
  it.each([
    [
      'an error',
      `class Odd extends Error { name = 'Odd' }; throw new Odd('wrong');`,
      { errorType: 'Odd', errorMessage: 'wrong' },
    ],
    ['a text', `throw 'wrong';`, { errorType: 'string', errorMessage: 'wrong', trace: [] }],
    ['undefined', 'throw undefined;', { errorType: 'undefined', errorMessage: 'undefined' }],
    ['something that throws itself', `throw { get toString() { throw 1 } };`, { errorType: 'handled' }],
    [
      'a BigInt in the answer',
      'return { n: 1n };',
      { errorType: 'Runtime.MarshalError', errorMessage: 'Unable to stringify response body' },
    ],
    ['a too long answer', `return 'x'.repeat(6300000);`, { errorType: 'Function.ResponseSizeTooLarge' }],
    [
      'process.exit',
      'process.exit(3);',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(
          /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 3$/,
        ),
      },
    ],
    [
      'process.exit without a reason',
      'process.exit();',
      { errorMessage: expect.stringMatching('without providing a reason') },
    ],
    [
      'an unhandled rejection',
      `Promise.reject(new Error('lost')); await new Promise(() => {});`,
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      'an uncaught exception',
      `setTimeout(() => { throw new Error('late') }); await new Promise(() => {});`,
      { errorType: 'Error', errorMessage: 'late' },
    ],
  ])('answers for %s as Lambda does', async (_name, body, expected) => {
    expect(await run(body)).toMatchObject({ error: 'Unhandled', ...expected });
  });

  it.each([
    ['no module', {}, 'Runtime.ImportModuleError'],
    [
      'a missing import',
      { 'index.mjs': `import './gone.mjs'; export const handler = async () => 1;` },
      'Runtime.ImportModuleError',
    ],
    ['no such export', { 'index.mjs': 'export const other = 1;' }, 'Runtime.HandlerNotFound'],
    ['a syntax error', { 'index.mjs': 'export const handler = ;' }, 'Runtime.UserCodeSyntaxError'],
    ['an error while loading', { 'index.mjs': `throw new RangeError('config');` }, 'RangeError'],
    [
      'a callback',
      { 'index.mjs': 'export const handler = (event, context, callback) => callback();' },
      'Runtime.CallbackHandlerDeprecated',
    ],
  ])('answers for %s', async (_name, files, errorType) => {
    const { name, ...answer } = await runModule(files as Record<string, string>);
    expect(answer).toMatchObject({ error: 'Unhandled', errorType });
    expect(bench.lambda.function(name).pool.waiting).toBe(0);
  });

  it('is stopped when its time is over, even in an endless loop, and runs anew afterwards', async () => {
    const { name, ...answer } = await run(
      'if (!globalThis.seen) { globalThis.seen = true; console.log("before"); for (;;); } return 1;',
      { Timeout: 1 },
    );
    expect(answer).toMatchObject({ error: 'Unhandled', errorType: 'Sandbox.Timedout' });
    expect(answer.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
    expect(bench.lines.some((line) => line.startsWith(name) && line.endsWith('before'))).toBe(true);
  });

  it('dies of too much memory alone', async () => {
    const answer = await run('const all = []; for (;;) all.push(new Array(100000).fill({}));', { Timeout: 30 });
    expect(answer).toMatchObject({ error: 'Unhandled', errorMessage: expect.stringMatching('signal: killed') });
  });

  it('loses its memory by a crash and not by an error', async () => {
    await bench.deploy('memory', {
      'index.mjs': `let n = 0; export const handler = async ({ do: what }) => { n += 1; if (what === 'throw') throw new Error(String(n)); if (what === 'exit') process.exit(1); return n; };`,
    });
    await bench.invoke('memory', { do: 'throw' });
    expect((await bench.invoke('memory')).answer).toBe(2);
    await bench.invoke('memory', { do: 'exit' });
    expect((await bench.invoke('memory')).answer).toBe(1);
  });
});

describe('injected faults', () => {
  it('crash before the work, after it, time out and throttle', async () => {
    await bench.deploy('struck', {
      'index.mjs': 'let n = 0; export const handler = async () => { console.log("worked"); return ++n; };',
    });
    const worked = () => bench.lines.filter((line) => line.startsWith('struck') && line.endsWith('worked')).length;
    const strike = (point: 'lambda.crash' | 'lambda.crash-after' | 'lambda.timeout' | 'lambda.throttle') =>
      bench.ctx.faults.use([{ point, probability: 1, limit: 1, resource: 'struck' }]);

    strike('lambda.crash');
    expect(await bench.invoke('struck')).toMatchObject({
      error: 'Unhandled',
      answer: { errorType: 'Runtime.ExitError' },
    });
    expect(worked()).toBe(0);
    strike('lambda.crash-after');
    expect(await bench.invoke('struck')).toMatchObject({
      error: 'Unhandled',
      answer: { errorType: 'Runtime.ExitError' },
    });
    expect(worked()).toBe(1);
    strike('lambda.timeout');
    expect(await bench.invoke('struck')).toMatchObject({ answer: { errorType: 'Sandbox.Timedout' } });
    strike('lambda.throttle');
    await expect(bench.invoke('struck')).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    expect(await bench.invoke('struck')).toEqual({ error: undefined, answer: 1 });
  });
});
