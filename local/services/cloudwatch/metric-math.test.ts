import { describe, expect, it } from 'vitest';
import { compileMetricMath } from './metric-math.ts';

const data: Record<string, number> = { requests: 50, failed: 5, few: 3 };
const evaluate = (expression: string) => compileMetricMath(expression)((id) => data[id]);

describe('metric math', () => {
  it.each([
    ['100 * failed / requests', 10],
    ['(failed + few) * -2', -16],
    ['FILL(absent, 0) + few', 3],
    ['IF(requests >= 20, 100 * failed / requests, 0)', 10],
    ['IF(few >= 20, 100 * failed / few, 0)', 0],
    ['IF(few < failed, few == 3, 7) + 1', 2],
    ['requests != 50', 0],
    ['IF(absent > 1, 1, 0)', undefined],
    ['failed / 0', undefined],
  ])('evaluates %s', (expression, expected) => {
    expect(evaluate(expression)).toBe(expected);
  });

  it.each(['ANOMALY_DETECTION_BAND(m1)', 'IF(a, b)', 'a +', 'a > '])('refuses %s', (expression) => {
    expect(() => compileMetricMath(expression)).toThrow('is not played locally');
  });
});
