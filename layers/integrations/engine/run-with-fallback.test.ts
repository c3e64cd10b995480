import { describe, expect, it } from 'vitest';
import { ProviderError, type ProviderErrorCode } from '../provider.ts';
import type { OperationEffect } from './effects.ts';
import { type Candidate, runWithFallback } from './run-with-fallback.ts';

const candidate = (code: string, isRetrySafe = false): Candidate => ({
  id: `int_${code}`,
  code,
  provider: code,
  isRetrySafe,
});

/** Runs with a script of answers per candidate: an error code, or a value. */
async function run(
  effect: OperationEffect,
  script: Record<string, (ProviderErrorCode | number | ProviderError)[]>,
  options: { retrySafe?: string[]; refused?: string[]; report?: () => Promise<void> } = {},
) {
  const tries: string[] = [];
  const slept: number[] = [];
  let now = 0;
  const outcome = await runWithFallback<Candidate, number>({
    candidates: Object.keys(script).map((code) => candidate(code, options.retrySafe?.includes(code))),
    effect,
    attempt: async ({ code }) => {
      tries.push(code);
      const next = script[code]!.shift() ?? 'rejected';
      if (typeof next === 'number') return next;
      throw typeof next === 'string' ? new ProviderError(next, next) : next;
    },
    admit: async ({ code }) => !options.refused?.includes(code),
    report: options.report ?? (async () => {}),
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    now: () => now,
    random: () => 0.5,
    budgetMs: 20_000,
  });
  return { outcome, tries, slept };
}

describe('messages', () => {
  it('go to the first provider that takes them', async () => {
    const { outcome, tries } = await run('message', { a: [1], b: [2] });
    expect(outcome).toMatchObject({ status: 'done', value: 1, candidate: { code: 'a' } });
    expect(tries).toEqual(['a']);
  });

  it.each(['configuration', 'rejected', 'no_answer', 'unreadable_answer'] as const)(
    'go on to the next provider at once after %s',
    async (code) => {
      const { outcome, tries } = await run('message', { a: [code], b: [2] });
      expect(outcome).toMatchObject({ status: 'done', value: 2, failures: [{ code: 'a', reason: code }] });
      expect(tries).toEqual(['a', 'b']);
    },
  );

  it('are tried again where nothing happened, with growing jittered pauses', async () => {
    const { outcome, tries, slept } = await run('message', { a: ['unavailable', 'unreachable', 3] });
    expect(outcome).toMatchObject({ status: 'done', value: 3 });
    expect(tries).toHaveLength(3);
    expect(slept).toEqual([100, 200]);
  });

  it('that nobody takes fail with every cause', async () => {
    const { outcome } = await run('message', { a: ['rejected'], b: ['configuration'], c: [1] }, { refused: ['c'] });
    expect(outcome).toMatchObject({
      status: 'failed',
      failures: [{ reason: 'rejected' }, { reason: 'configuration' }, { reason: 'circuit_open' }],
    });
  });

  it('do not wait long for a provider that asks for patience', async () => {
    const patient = new ProviderError('rate_limited', 'slow down', { retryAfterMs: 60_000 });
    const { tries, slept } = await run('message', { a: [patient], b: [2] });
    expect(tries).toEqual(['a', 'b']);
    expect(slept).toEqual([]);
  });
});

describe('actions', () => {
  it.each(['no_answer', 'unreadable_answer'] as const)('stop after %s: nobody else is asked', async (code) => {
    const { outcome, tries } = await run('act', { a: [code], b: [2] });
    expect(outcome).toMatchObject({ status: 'unknown', candidate: { code: 'a' } });
    expect(tries).toEqual(['a']);
  });

  it('stop when a lost answer is followed by a clear failure', async () => {
    const { outcome, tries } = await run(
      'act',
      { a: ['no_answer', 'unavailable', 'unavailable'], b: [2] },
      { retrySafe: ['a'] },
    );
    expect(outcome).toMatchObject({ status: 'unknown', candidate: { code: 'a' } });
    expect(tries).toEqual(['a', 'a', 'a']);
  });

  it('are repeated at the same provider when it knows the reference', async () => {
    const { outcome, tries } = await run('act', { a: ['no_answer', 7], b: [2] }, { retrySafe: ['a'] });
    expect(outcome).toMatchObject({ status: 'done', value: 7 });
    expect(tries).toEqual(['a', 'a']);
  });

  it.each(['configuration', 'unavailable', 'unreachable', 'rate_limited'] as const)(
    'go on after %s: nothing happened',
    async (code) => {
      const { outcome } = await run('act', { a: [code, code, code], b: [2] });
      expect(outcome).toMatchObject({ status: 'done', value: 2, candidate: { code: 'b' } });
    },
  );

  it('take a refusal as the answer', async () => {
    const { outcome, tries } = await run('act', { a: ['rejected'], b: [2] });
    expect(outcome.status).toBe('failed');
    expect(tries).toEqual(['a']);
  });

  it('take a fault of the adapter as one that may have acted', async () => {
    const { outcome } = await run('act', { a: [new TypeError('x') as never], b: [2] });
    expect(outcome.status).toBe('unknown');
  });
});

it.each(['message', 'act', 'read'] as const)(
  'a %s that is done stays done, once, when nobody can write that down',
  async (effect) => {
    const report = () => Promise.reject(new Error('The table is throttled.'));
    const { outcome, tries } = await run(effect, { a: ['unreachable', 1, 2], b: [3] }, { retrySafe: ['a'], report });
    expect(outcome).toMatchObject({ status: 'done', value: 1, failures: [] });
    expect(tries).toEqual(['a', 'a']);
  },
);
