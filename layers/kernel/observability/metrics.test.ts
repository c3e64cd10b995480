import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { embeddedMetrics } from '../../../local/services/cloudwatch/emf.ts';

type Module = typeof import('./metrics.ts');
let metrics: Module;
let lines: string[];

beforeEach(async () => {
  lines = [];
  vi.resetModules();
  metrics = await import('./metrics.ts');
  // Without a development flag Powertools has a console of its own; both write here.
  const take = (text: unknown): boolean => {
    lines.push(...String(text).split('\n').filter(Boolean));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(console, 'log').mockImplementation(take);
});
afterEach(() => vi.restoreAllMocks());

/** As CloudWatch reads them from the log. */
const published = () => {
  metrics.publishMetrics();
  return lines.splice(0).flatMap(embeddedMetrics);
};
const of = (name: string) => published().filter((metric) => metric.name === name);

describe('metrics of the installation', () => {
  it('count without labels, under the domain', () => {
    metrics.countMetric('Seen');
    metrics.countMetric('Seen', 4);
    expect(of('Seen')).toMatchObject([
      { namespace: 'Mizan', dimensions: { service: expect.any(String) }, values: [1, 4] },
    ]);
    expect(published()).toEqual([]);
  });

  it('keep each combination of labels apart, whatever the order of the labels', () => {
    metrics.countMetric('Sent', 1, { way: 'sms', locale: 'ar' });
    metrics.countMetric('Sent', 1, { locale: 'ar', way: 'sms' });
    metrics.countMetric('Sent', 1, { way: 'email', locale: 'ar' });
    const sent = of('Sent').map(({ dimensions: { service, ...labels }, values }) => ({ labels, values }));
    expect(sent).toEqual([
      { labels: { locale: 'ar', way: 'sms' }, values: [1, 1] },
      { labels: { locale: 'ar', way: 'email' }, values: [1] },
    ]);
  });

  it('keep their labels when a line is full, at a hundred values', () => {
    for (let i = 0; i < 250; i++) metrics.histogramMetric('Took', i, 'milliseconds', { way: 'sms' });
    const took = of('Took');
    expect(took.map(({ dimensions }) => dimensions['way'])).toEqual(['sms', 'sms', 'sms']);
    expect(took.flatMap(({ values }) => values)).toHaveLength(250);
  });

  it('write all values of a summary, so that sum and mean are right, and a gauge as it stands', () => {
    metrics.summaryMetric('Lag', [1, 2, 3, 10], 'milliseconds');
    metrics.summaryMetric('Nothing', [], 'milliseconds');
    metrics.gaugeMetric('Stored', 4096, 'bytes', { table: 'billing' });
    const all = published();
    expect(all.find(({ name }) => name === 'Lag')?.values).toEqual([1, 2, 3, 10]);
    expect(all.find(({ name }) => name === 'Stored')).toMatchObject({
      dimensions: { table: 'billing' },
      values: [4096],
    });
    expect(all.some(({ name }) => name === 'Nothing')).toBe(false);
  });

  it('have a price that is known: too many labels are counted as other', () => {
    for (let i = 0; i < metrics.maxLabelSets + 20; i++) metrics.countMetric('Wild', 1, { thing: `t-${i}` });
    const wild = of('Wild');
    expect(wild.length).toBe(metrics.maxLabelSets + 1);
    expect(wild.at(-1)).toMatchObject({ dimensions: { thing: metrics.otherLabels } });
    expect(wild.flatMap(({ values }) => values)).toHaveLength(metrics.maxLabelSets + 20);
  });

  it.each([[{ 'a b': 'x' }], [{ service: 'x' }], [{ a: '' }], [{ a: 'زبون' }], [{ a: '1', b: '2', c: '3', d: '4' }]])(
    'refuse the labels %j',
    (labels) => {
      expect(() => metrics.countMetric('X', 1, labels)).toThrow(/label/);
    },
  );
});
