/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
import { describe, expect, it } from 'vitest';
import { compileMetricMath } from './metric-math.ts';

const points: Record<string, number> = { requests: 40, failed: 2, zero: 0 };

describe('compileMetricMath', () => {
  it.each<[string, number | undefined]>([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['-(requests) + requests ^ 2', 1560],
    ['IF(requests >= 20, 100 * failed / requests, 0)', 5],
    ['IF(requests < 20, missing, 7)', 7],
    ['IF(missing > 1, 1, 2)', undefined],
    ['requests > 1 && failed > 5', 0],
    ['requests > 1 OR failed > 5', 1],
    ['failed / zero', undefined],
    ['failed + missing', undefined],
    ['failed + FILL(missing, 3)', 5],
    ['MAX([requests, failed, missing])', 40],
    ['SUM([failed, failed])', 4],
    ['(failed + failed) * -2', -8],
    ['IF(failed < requests, failed == 2, 7) + 1', 2],
    ['requests != 40', 0],
    ['CEIL(failed / 1.5)', 2],
  ])('%s is %s', (expression, expected) => {
    expect(compileMetricMath(expression)((id) => points[id])).toBe(expected);
  });

  it.each(['ANOMALY_DETECTION_BAND(m1)', 'SEARCH("x")', 'm1 +', 'a > ', 'IF(a, b)', 'ABS(a, b)', 'IF(m1', 'm1 m2', ''])(
    'refuses %s',
    (expression) => {
      expect(() => compileMetricMath(expression)).toThrow('not played locally');
    },
  );
});
