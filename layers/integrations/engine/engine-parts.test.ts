import { describe, expect, it } from 'vitest';
import { ProviderError, type SettingSpec } from '../provider.ts';
import { valueProblem } from './check-value.ts';
import { closedCircuit, countsAgainst, decide, opened, probing } from './circuit-breaker.ts';
import { healthScore, healthStatus } from './health-score.ts';
import { createRedactor, maskSecret } from './redact.ts';

const canary = 'CANARY/secret+value=1234 "x"';

describe('redaction', () => {
  const redactor = createRedactor([canary, JSON.stringify({ private_key: 'CANARYprivatekey12345', type: 'x' })]);

  it.each<[string, string | Uint8Array, string]>([
    ['JSON under any name', JSON.stringify({ a: { note: `x ${canary} y` } }), 'application/json'],
    ['JSON keys', JSON.stringify({ [canary]: 1 }), 'application/json'],
    ['form fields', new URLSearchParams({ q: canary }).toString(), 'application/x-www-form-urlencoded'],
    ['base64', JSON.stringify({ q: Buffer.from(canary).toString('base64') }), 'application/json'],
    ['parts of documents', JSON.stringify({ q: 'CANARYprivatekey12345' }), 'application/json'],
    ['text that cannot be read', `<xml>${canary}</xml>`, 'text/xml'],
    [
      'secrets of others',
      JSON.stringify({ access_token: 'CANARYtoken', nested: { password: 'CANARY' } }),
      'application/json',
    ],
    ['people', JSON.stringify({ to: '+967770CANARY', text: 'your code is CANARY' }), 'application/json'],
  ])('takes %s out of bodies', (_, body, type) => {
    const shown = JSON.stringify(redactor.body(body, type));
    expect(shown).not.toMatch(/CANARY/);
    expect(shown).not.toContain(Buffer.from(canary).toString('base64'));
  });

  it('keeps what helps', () => {
    expect(redactor.body('{"status":"sent","sid":"SM1","price":null}', 'application/json')).toEqual({
      status: 'sent',
      sid: 'SM1',
      price: null,
    });
    expect(
      redactor.headers({ 'Content-Type': 'a/b', Authorization: 'x', 'X-Api-Key': 'y', 'set-cookie': 'z' }),
    ).toEqual({
      'content-type': 'a/b',
    });
  });

  it('takes queries and secrets out of addresses', () => {
    expect(redactor.url(`https://api.example.com/v1/${encodeURIComponent(canary)}/send.json?key=CANARY`)).not.toMatch(
      /CANARY/,
    );
    expect(redactor.url('https://hooks.slack.com/services/T0/B0/XXXXXXXXXXXXXXXXXXXXXXXX')).not.toContain('XXXXX');
  });

  it('shows at most four characters of a long secret, and none of a short one', () => {
    expect(maskSecret('abcdefghijklmnop1234')).toBe('••••••••1234');
    expect(maskSecret('short1234')).toBe('••••••••');
  });
});

describe('the circuit', () => {
  it('opens longer each time, and lets one probe through in between', () => {
    const first = opened(closedCircuit, 0);
    expect(decide(first, first.openUntilMs - 1)).toBe('refuse');
    expect(decide(first, first.openUntilMs)).toBe('probe');
    const probe = probing(first, first.openUntilMs);
    expect(decide(probe, first.openUntilMs + 1)).toBe('refuse');
    expect(decide(probe, probe.probeUntilMs)).toBe('probe');
    const second = opened(probe, 0);
    expect(second.openUntilMs).toBe(2 * first.openUntilMs);
    expect(decide(closedCircuit, 0)).toBe('pass');
  });

  it('counts what the provider failed at, not what it refused', () => {
    const counted = (['unavailable', 'unreachable', 'no_answer', 'unreadable_answer'] as const).map((code) =>
      countsAgainst(new ProviderError(code, '')),
    );
    expect(counted).toEqual([true, true, true, true]);
    expect(
      (['configuration', 'rejected', 'rate_limited'] as const).some((code) =>
        countsAgainst(new ProviderError(code, '')),
      ),
    ).toBe(false);
  });
});

describe('health', () => {
  const checks = (...outcomes: boolean[]) => outcomes.map((isSuccess) => ({ isSuccess, durationMs: 100 }));
  const calls = { successes: 0, failures: 0 };

  it('is unknown before the first check, and down after three failures or when none ever passed', () => {
    expect(healthStatus({ checks: [], calls })).toBe('unknown');
    expect(healthScore({ checks: [], calls })).toBeNull();
    expect(healthStatus({ checks: checks(false), calls })).toBe('down');
    expect(healthStatus({ checks: checks(true, true, false), calls })).toBe('degraded');
    expect(healthStatus({ checks: checks(true, false, false, false), calls })).toBe('down');
    expect(healthStatus({ checks: checks(true, true), calls })).toBe('healthy');
  });

  it('weighs checks, calls and speed', () => {
    expect(healthScore({ checks: checks(true), calls })).toBe(100);
    expect(healthScore({ checks: checks(true, false), calls: { successes: 3, failures: 1 } })).toBe(65);
    expect(healthScore({ checks: [{ isSuccess: true, durationMs: 10_000 }], calls })).toBe(90);
    expect(healthStatus({ checks: checks(true), calls: { successes: 1, failures: 9 } })).toBe('degraded');
  });
});

describe('values of settings', () => {
  const spec = (more: Partial<SettingSpec>): SettingSpec => ({
    key: 'k',
    valueType: 'string',
    isSecret: true,
    isRequired: true,
    label: { en: 'Key', ar: 'مفتاح' },
    ...more,
  });

  it.each<[Partial<SettingSpec>, string, boolean]>([
    [{ valueType: 'number' }, '12.5', true],
    [{ valueType: 'number' }, '1e5', false],
    [{ valueType: 'boolean' }, 'true', true],
    [{ valueType: 'boolean' }, 'yes', false],
    [{ valueType: 'json' }, '{"a":1}', true],
    [{ valueType: 'json' }, '{a:1}', false],
    [{ pattern: /^AC\d+$/ }, 'AC1', true],
    [{ pattern: /^AC\d+$/ }, 'SK1', false],
    [{}, 'x'.repeat(16_385), false],
  ])('%j, %s: %s', (more, value, isFit) => {
    const problem = valueProblem(spec(more), value);
    expect(problem === undefined).toBe(isFit);
    if (value.length < 100) expect(JSON.stringify(problem) ?? '').not.toContain(value === 'true' ? '\u0000' : value);
  });
});
